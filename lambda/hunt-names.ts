/** Folder of a hunt's work in its bucket. */
export function huntFolder(hunt: string): string {
  return `hunts/${hunt}/`;
}

/** Percent of log files that may be unread unless a hunt is asked for another share. */
export const MAX_UNREADABLE = 1;

/** Log files that may be unread, whatever their share, unless a hunt is asked for one. */
export const FEW_UNREADABLE = 10;

/** Incidents of a page unless a hunt is asked for another number: it takes about 2 MB. */
export const MOST_INCIDENTS = 1_000;

/** Name of the error that ends a hunt of which too much could not be read. */
export const TOO_MANY_UNREAD = 'TooManyUnread';

/** Name of the error that ends a hunt which was asked for an output that it cannot have. */
export const OUTPUT_REFUSED = 'OutputRefused';

/** Name of the error that ends a hunt whose work may be deleted already. */
export const WORK_EXPIRED = 'WorkExpired';

/** What the partition keys of findings begin with that hunts published. */
export const PAST_FINDINGS = 'past#';

/** What the partition keys begin with that storing facts writes. */
export const FACT_PARTITIONS = [
  'workload#',
  'access-key#',
  'session#',
  'entity#',
  'made-by#',
  'granted#',
  'away#',
  'anchored-at#',
  'population#',
  'endpoint-users#',
  'nat-users#',
  'subscribers#',
  'imdsv1#',
  'accounts',
] as const;

/** Objects in it that are no work of a stage. */
export const HUNT_FILES = {
  /** Settings, as in a config file without comments, and AWS's ip-ranges.json: written before the hunt starts; either may be missing. */
  settings: 'request/settings.json',
  ipRanges: 'request/ip-ranges.json',
  /** What else was asked for; may be missing. */
  options: 'request/options.json',
  /** By which it is judged, as kept when it was planned: as asked, with outputs those of the deployment. `null`: no ranges. */
  keptSettings: 'plan/settings.json',
  keptIpRanges: 'plan/ip-ranges.json',
  /** What was planned, and the items of the maps: numbers of batches and of parts, and of those that gather what these write. */
  plan: 'plan/plan.json',
  /** When the latest of each account's log files was written. */
  accounts: 'plan/accounts.json',
  batches: 'plan/batches.json',
  parts: 'plan/parts.json',
  batchRuns: 'plan/batch-runs.json',
  partRuns: 'plan/part-runs.json',
  /** How many findings were published, and a folder of how many facts were stored. */
  published: 'outputs/published.json',
  stored: 'outputs/stored/',
} as const;

/** Folders of what hunts write; what they were asked is in `request`, and is written by those who start them. */
export const WORK_FOLDERS = [
  'plan',
  'batches',
  'read',
  'checked',
  'written',
  'gathered',
  'report',
  'results',
  'outputs',
] as const;

/** What a map has a child for each of. */
export const HUNT_ITEMS = ['batches', 'parts', 'batchRuns', 'partRuns'] as const;

/** Stages of a hunt in their order. `children`: what has a child each; null for one child. */
export const HUNT_STAGES = [
  { name: 'read', children: 'batches' },
  { name: 'check', children: null },
  { name: 'gather-read', children: 'batchRuns' },
  { name: 'attribute', children: 'parts' },
  { name: 'link', children: null },
  { name: 'split', children: 'parts' },
  { name: 'gather-split', children: 'partRuns' },
  { name: 'review', children: 'parts' },
  { name: 'gather-review', children: null },
  { name: 'anchor', children: 'parts' },
  { name: 'gather-anchor', children: null },
  { name: 'compare', children: 'parts' },
  { name: 'gather-compare', children: null },
  { name: 'judge', children: 'parts' },
  { name: 'gather-judge', children: null },
  { name: 'report', children: null },
] as const;

/** What a hunt may do with what it found, where that is deployed and asked for. */
export const HUNT_OUTPUTS = ['publish', 'store'] as const;

export type HuntOutput = (typeof HUNT_OUTPUTS)[number];

/** Children that store facts at the same time, in a table that others use, and writes that each makes in a second. */
export const STORING_CHILDREN = 5;
export const STORING_WRITES = 200;

/** Memory of the functions of outputs: one vCPU, as children have one thread. */
export const OUTPUT_MEGABYTES = 1_769;

/** Seconds after which such a child leaves the rest to another call. */
export const STORING_SECONDS = 600;

/** Stages that follow those where their output is deployed. They do nothing in hunts that are not asked for it. */
export const OUTPUT_STAGES = [
  { name: 'publish', children: null, output: 'publish' },
  { name: 'store-network', children: null, output: 'store' },
  { name: 'store-facts', children: 'parts', output: 'store' },
] as const;
