import { workloadKey, type Workload, type WorkloadKey } from '../detection/model/workload';

/** The folders of the work store. Numbers are of parts. */
export const folder = {
  /** Facts about the sessions of a part, from each child that read logs. */
  session: (part: number): string => `session/${padded(part)}/`,
  /** Access keys that sessions of a part requested. */
  request: (part: number): string => `request/${padded(part)}/`,
  /** Callers of a part's sessions that changed the network, or made principals. */
  maker: (part: number): string => `maker/${padded(part)}/`,
  /** Facts about the network and principals, which concern all. */
  shared: 'shared/',
  /** Facts about who requested whose access keys, of those that may concern workloads. */
  links: 'links/',
  /** Keys of the workloads that have facts. */
  known: 'known/',
  /** The facts behind access keys of a part that other sessions requested, and the workloads they concern. */
  chained: (part: number): string => `chained/${padded(part)}/`,
  /** All facts about the workloads of a part. */
  workload: (part: number): string => `workload/${padded(part)}/`,
  /** The network changes that workloads' sessions made. */
  made: 'made/',
  /** Those of them that explain nothing. */
  rejected: 'rejected/',
  /** Where workloads are anchored. */
  anchors: 'anchors/',
  /** The same, knowing all anchors. */
  summaries: 'summaries/',
  /** Findings before they are grouped. */
  judged: 'judged/',
  /** ARNs of judged sessions. */
  counted: (part: number): string => `counted/${padded(part)}/`,
  /** Findings, and what was read. */
  report: 'report/',
} as const;

export function padded(number: number): string {
  return String(number).padStart(6, '0');
}

/** The part of a session or workload, by its ARN or key: FNV-1a. */
export function partOf(name: string, parts: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % parts;
}

export function partOfWorkload(workload: Workload, parts: number): number {
  return partOf(workloadKey(workload), parts);
}

/** The workload with a key. */
export function workloadOf(key: WorkloadKey): Workload {
  const [partition = '', account = '', kind = '', ...id] = key.split('/');
  return { partition, account, kind, id: id.join('/') };
}
