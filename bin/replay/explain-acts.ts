import type { Finding } from '../../lambda/detection/model/finding';
import { visible } from '../../lambda/detection/model/printable';
import { shortName } from '../report/short-name';
import { paint } from '../terminal/paint';
import { stepLines } from './step-lines';

/** True if `asked` is the finding, its incident, its cluster or workload, or a session or access key that its requests were made with. */
export function isFindingAbout(finding: Finding, asked: string): boolean {
  const { id, incidentId, workload, sessions } = finding;
  if (id === asked || incidentId === asked) return true;
  if (workload && (workload.id === asked || shortName(workload) === asked)) return true;
  if (workload?.attributes['clusterArn'] === asked || workload?.attributes['cluster'] === asked) return true;
  return sessions.some(({ arn, accessKeyIds }) => arn === asked || accessKeyIds.includes(asked));
}

/** The rule that made a finding on a cluster, what decided, and what was ruled out. */
export function actsExplanation(finding: Finding, colours: boolean): string {
  const painted = paint(colours);
  const { severity, type, id, title, description, evidence, ruledOut } = finding;
  const lines = [
    painted.bold(visible(title)),
    painted.bold('Finding'),
    `  ${painted[severity](severity)}  ${type}  ${visible(id)}`,
    '',
    visible(description),
    '',
    painted.bold(`Decided by the rule ${type}`),
    ...evidence.map((line) => visible(`  ${line}`)),
    ...(ruledOut.length > 0 ? ['  Ruled out:'] : []),
    ...ruledOut.map(({ explanation, because }) => visible(`    ${explanation}: ${because}`)),
    ...stepLines([finding], id, painted),
  ];
  return `${lines.join('\n')}\n`;
}
