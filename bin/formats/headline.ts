import { FINDING_TYPE_TABLE } from '../../lambda/detection/findings/finding-types';
import { workloadCount, SEVERITIES, type Finding } from '../../lambda/detection/model/finding';
import { placeText } from '../../lambda/detection/model/origin';
import { shortName } from '../report/short-name';
import { takenText } from '../../lambda/detection/findings/taken-text';
import { visible } from '../../lambda/detection/model/printable';
import { OWNERS } from '../terminal/labels';
import { counted, grouped } from '../terminal/numbers';
import type { Paint } from '../terminal/paint';
import { wrapLines } from '../terminal/wrap-lines';

/** What matters of all findings, the gravest first: how many, what was taken, and from where it was used. */
export function* headLines(findings: readonly Finding[], width: number, painted: Paint): Generator<string> {
  yield wrapLines(
    `${painted.bold(counted(findings.length, 'finding'))}: ${severities(findings)}, ${period(findings)}.\n`,
    width,
  );
  yield wrapLines(`${painted.bold('Taken')}: ${takenText(findings)}.\n`, width);
  yield wrapLines(`${painted.bold('Used from')}: ${origins(findings)}.\n`, width);
}

function severities(findings: readonly Finding[]): string {
  return SEVERITIES.toReversed()
    .flatMap((severity) => {
      const count = findings.filter((finding) => finding.severity === severity).length;
      return count === 0 ? [] : [`${grouped(count)} ${severity}`];
    })
    .join(', ');
}

function period(findings: readonly Finding[]): string {
  const [first = ''] = findings.map(({ firstSeen }) => firstSeen).sort();
  const last =
    findings
      .map(({ lastSeen }) => lastSeen)
      .sort()
      .at(-1) ?? '';
  const end = last.slice(0, 10) === first.slice(0, 10) ? last.slice(11, 16) : minute(last);
  return `${minute(first)} to ${end} UTC`;
}

function minute(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** The number of origins by owner, in the order of the findings. */
function origins(findings: readonly Finding[]): string {
  const byOwner = new Map<string, Set<string>>();
  for (const { origin, id } of findings) {
    const owner = origin ? ownerText(origin) : 'origins beyond those listed';
    const places = byOwner.get(owner) ?? new Set<string>();
    byOwner.set(owner, places.add(origin ? placeText(origin) : id));
  }
  return visible([...byOwner].map(([owner, { size }]) => `${grouped(size)} ${owner}`).join(', '));
}

function ownerText({ kind, ownership, account }: NonNullable<Finding['origin']>): string {
  if (kind === 'service') return 'through AWS services';
  if (ownership === 'aws') return 'in unknown AWS accounts';
  if (ownership === 'same-account') return 'in the workload’s own account';
  const whose = account === null ? '' : ` ${account}`;
  return `${kind === 'endpoint' ? 'VPC endpoint of ' : 'in '}${OWNERS[ownership]}${whose}`.replace(
    'in outside',
    'outside',
  );
}

/** What to do first: about the gravest finding. */
export function* firstStep([first]: readonly Finding[], width: number, painted: Paint): Generator<string> {
  if (!first) return;
  const id = first.workload ? shortName(first.workload) : first.id;
  const text = visible(`${stepText(first)} Evidence and commands: --explain ${id}`);
  yield wrapLines(`\n${painted.bold('First')}: ${text}\n`, width);
}

function stepText(finding: Finding): string {
  const { type, workload, sessions, origin } = finding;
  const { advice, declarable } = FINDING_TYPE_TABLE[type];
  const [step] = advice;
  if (workload === null) return `${step?.text ?? ''} ${counted(workloadCount(finding), 'workload')} are concerned.`;
  if (!advice.some(({ kind }) => kind === 'deny')) return step?.text ?? '';
  const whose = `${shortName(workload)}${sessions[0] ? ` (role ${sessions[0].role})` : ''}`;
  const deny = `deny the credentials issued to ${whose} so far`;
  return declarable && origin ? `unless ${placeText(origin)} is an address of your own, ${deny}.` : `${deny}.`;
}
