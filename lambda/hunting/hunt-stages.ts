import type { HUNT_STAGES } from '../hunt-names';
import { attributeSessions } from './attribute-stage';
import type { HuntContext } from './hunt-context';
import { compareAnchors, findAnchors, judgePart, reviewChanges } from './judge-stages';
import { linkSessions } from './link-stage';
import { checkReading } from './read-counts';
import { writeReport } from './report-stage';
import { splitByWorkload } from './split-stage';

/** Stages that read no logs. */
export type LaterStage = Exclude<(typeof HUNT_STAGES)[number]['name'], 'read'>;

/** Runs a child of a stage. The children of one may run in any order, at the same time, and repeatedly. */
export const RUN_STAGE: Readonly<Record<LaterStage, (child: number, context: HuntContext) => Promise<void>>> = {
  check: (_, context) => checkReading(context),
  attribute: attributeSessions,
  link: (_, context) => linkSessions(context),
  split: splitByWorkload,
  review: reviewChanges,
  anchor: findAnchors,
  compare: compareAnchors,
  judge: judgePart,
  report: (_, context) => writeReport(context),
};
