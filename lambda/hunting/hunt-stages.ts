import type { HUNT_STAGES } from '../hunt-names';
import { attributeSessions } from './attribute-stage';
import { gatherAll, gatherRun } from './gather-stage';
import type { HuntContext } from './hunt-context';
import { compareAnchors, findAnchors, judgePart, reviewChanges } from './judge-stages';
import { linkSessions } from './link-stage';
import { checkReading } from './read-counts';
import { writeReport } from './report-stage';
import { splitByWorkload } from './split-stage';

/** Stages that read no logs. */
export type LaterStage = Exclude<(typeof HUNT_STAGES)[number]['name'], 'read'>;

type RunStage = (child: number, context: HuntContext) => Promise<void>;

/** Runs a child of a stage. The children of one may run in any order, at the same time, and repeatedly. */
export const RUN_STAGE: Readonly<Record<LaterStage, RunStage>> = {
  check: (_, context) => checkReading(context),
  'gather-read': (run, context) => gatherRun('read', run, context),
  attribute: attributeSessions,
  link: (_, context) => linkSessions(context),
  split: splitByWorkload,
  'gather-split': (run, context) => gatherRun('split', run, context),
  review: reviewChanges,
  'gather-review': (_, context) => gatherAll('review', context),
  anchor: findAnchors,
  'gather-anchor': (_, context) => gatherAll('anchor', context),
  compare: compareAnchors,
  'gather-compare': (_, context) => gatherAll('compare', context),
  judge: judgePart,
  'gather-judge': (_, context) => gatherAll('judge', context),
  report: (_, context) => writeReport(context),
};
