import { workloadKey, type Workload, type WorkloadKey } from '../detection/model/workload';
import { halfSipHash, type HashKey } from './half-sip-hash';
import { gatheredPacks, writtenPacks } from './pack-names';

/** Lines of one kind, in the packs that a stage writes. */
export interface Folder {
  /** In an index. */
  readonly name: string;
  /** Where the packs are that have it when it is read. */
  readonly packs: string;
}

/** Numbers are of parts. */
export const folder = {
  /** Facts about the sessions of a part, from each child that read logs. */
  session: (part: number): Folder => gathered('read', `${padded(part)}/session`),
  /** Access keys that sessions of a part requested. */
  request: (part: number): Folder => gathered('read', `${padded(part)}/request`),
  /** Callers of a part's sessions that changed the network, or made principals. */
  maker: (part: number): Folder => gathered('read', `${padded(part)}/maker`),
  /** Facts about the network and principals, which concern all. */
  shared: gathered('read', 'shared'),
  /** Facts about who requested whose access keys, of those that may concern workloads. */
  links: written('attribute', 'links'),
  /** Keys of the workloads that have facts. */
  known: written('attribute', 'known'),
  /** The facts of `shared`, merged. */
  network: written('link', 'network'),
  /** The network changes that workloads' sessions made. */
  made: written('link', 'made'),
  /** The facts behind access keys of a part that other sessions requested, and the workloads they concern. */
  chained: (part: number): Folder => written('link', `${padded(part)}/chained`),
  /** Who requested the access keys of a part's workloads. */
  requesters: (part: number): Folder => written('link', `${padded(part)}/requesters`),
  /** All facts about the workloads of a part. */
  workload: (part: number): Folder => gathered('split', `${padded(part)}/workload`),
  /** The network changes that explain nothing. */
  rejected: gathered('review', 'rejected'),
  /** Where workloads are anchored. */
  anchors: gathered('anchor', 'anchors'),
  /** The same, knowing all anchors. */
  summaries: gathered('compare', 'summaries'),
  /** Findings before they are grouped. */
  judged: gathered('judge', 'judged'),
  /** Timelines of the workloads with findings. */
  pictures: gathered('judge', 'pictures'),
  /** ARNs of judged sessions, spread over `COUNTED` folders. */
  counted: (group: number): Folder => gathered('judge', `counted-${padded(group)}`),
} as const;

/** Plain objects: findings, and what was read. */
export const REPORT_FOLDER = 'report/';

/** Groups of sessions: the ARNs of one are in memory at once. */
export const COUNTED = 64;

function gathered(stage: string, name: string): Folder {
  return { name, packs: gatheredPacks(stage, name) };
}

function written(stage: string, name: string): Folder {
  return { name, packs: writtenPacks(stage) };
}

export function padded(number: number): string {
  return String(number).padStart(6, '0');
}

/** Tags of a part's sessions or workloads. */
export const TAGS = 256;

/** A part, and a tag by which it can be taken into memory piece by piece. */
export interface Place {
  readonly part: number;
  readonly tag: number;
}

/** How sessions and workloads are spread over the parts of a hunt. */
export interface Spread {
  readonly parts: number;
  /** Of this hunt alone: the names of sessions can be chosen, but not so that all come to one place. */
  readonly key: HashKey;
}

/** The place of a session or workload, by its ARN or key. */
export function placeOf(name: string, { parts, key }: Spread): Place {
  const hash = halfSipHash(name, key);
  return { part: hash % parts, tag: Math.floor(hash / parts) % TAGS };
}

export function placeOfWorkload(workload: Workload, spread: Spread): Place {
  return placeOf(workloadKey(workload), spread);
}

/** The workload with a key. */
export function workloadOf(key: WorkloadKey): Workload {
  const [partition = '', account = '', kind = '', ...id] = key.split('/');
  return { partition, account, kind, id: id.join('/') };
}
