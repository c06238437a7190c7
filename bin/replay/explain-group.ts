import { workloadCount, type Finding } from '../../lambda/detection/model/finding';
import { visible } from '../../lambda/detection/model/printable';
import { counted, grouped } from '../terminal/numbers';
import { paint } from '../terminal/paint';
import { stepLines } from './step-lines';

/** Workloads that are listed by name. */
const MOST_NAMES = 50;

/** What a finding on a group of workloads is about, its evidence, its workloads and the next steps. */
export function groupExplanation(finding: Finding, colours: boolean): string {
  const painted = paint(colours);
  const { severity, type, id, title, description, evidence, ruledOut, workloads } = finding;
  const names = (workloads ?? []).slice(0, MOST_NAMES).map((one) => `  ${one.id}, account ${one.account}`);
  const unnamed = workloadCount(finding) - names.length;
  const lines = [
    painted.bold(visible(title)),
    painted.bold('Finding'),
    `  ${painted[severity](severity)}  ${type}  ${visible(id)}`,
    '',
    visible(description),
    ...evidence.map((text) => visible(`  ${text}`)),
    ...(ruledOut.length > 0 ? ['  Ruled out:'] : []),
    ...ruledOut.map(({ explanation, because }) => visible(`    ${explanation}: ${because}`)),
    ...stepLines([finding], id, painted),
    '',
    painted.bold(counted(workloadCount(finding), 'workload')),
    ...names.map(visible),
    ...(unnamed > 0 ? [`  and ${grouped(unnamed)} more`] : []),
    painted.faint('--explain with the id of one of them shows every decision about it.'),
  ];
  return `${lines.join('\n')}\n`;
}
