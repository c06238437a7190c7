/** Folder of a hunt's work in its bucket. */
export function huntFolder(hunt: string): string {
  return `hunts/${hunt}/`;
}

/** Name of the error that ends a hunt of which too much could not be read. */
export const TOO_MANY_UNREAD = 'TooManyUnread';

/** Objects in it that are no work of a stage. */
export const HUNT_FILES = {
  /** Settings, as in a config file without comments, and AWS's ip-ranges.json: written before the hunt starts; either may be missing. */
  settings: 'request/settings.json',
  ipRanges: 'request/ip-ranges.json',
  /** What else was asked for; may be missing. */
  options: 'request/options.json',
  /** What was planned, and the items of the maps: numbers of batches and of parts. */
  plan: 'plan/plan.json',
  batches: 'plan/batches.json',
  parts: 'plan/parts.json',
} as const;

/** Stages of a hunt in their order. The children of a stage are its batches or parts; others have one. */
export const HUNT_STAGES = [
  { name: 'read', children: 'batches' },
  { name: 'check', children: null },
  { name: 'attribute', children: 'parts' },
  { name: 'link', children: null },
  { name: 'split', children: 'parts' },
  { name: 'review', children: 'parts' },
  { name: 'anchor', children: 'parts' },
  { name: 'compare', children: 'parts' },
  { name: 'judge', children: 'parts' },
  { name: 'report', children: null },
] as const;
