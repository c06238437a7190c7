import { workloadCount, type Finding, type FindingWorkload } from '../../lambda/detection/model/finding';
import { counted } from '../terminal/numbers';

/** Letters of an instance's or task's id that tell those of one list apart. */
const LETTERS = 12;
/** Shorter parts of an id are too often shared. */
const LEAST = 6;

/** A workload in few letters: `i-0503ef2529`, the pod's name, the service account, the function, `shop/web`. `--explain` takes it. */
export function shortName({ kind, id, attributes }: FindingWorkload): string {
  if (kind === 'kubernetes-workload') return objectName(id);
  if (attributes['pod'] !== undefined) return attributes['pod'];
  if (kind === 'ec2-instance' || kind === 'ecs-task') return id.slice(0, LETTERS);
  return id.startsWith('oidc/') ? id.split('/').slice(-2).join('/') : id;
}

/** Of `cluster/namespace/kind/name`, or without the namespace. */
function objectName(id: string): string {
  const parts = id.split('/');
  return [...parts.slice(1, -2), ...parts.slice(-1)].join('/');
}

/** True if `asked` is the id, its beginning, or its last parts. */
export function isPartOf(id: string, asked: string): boolean {
  if (id === asked) return true;
  return asked.length >= LEAST && (id.startsWith(asked) || id.endsWith(`/${asked}`) || id.includes(`/${asked}/`));
}

/** The workload of a finding, or how many there are. */
export function subjectOf(finding: Finding): string {
  return finding.workload ? shortName(finding.workload) : counted(workloadCount(finding), 'workload');
}
