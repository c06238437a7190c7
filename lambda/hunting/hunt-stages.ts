import { attributeSessions } from './attribute-stage';
import type { HuntContext } from './hunt-context';
import { compareAnchors, findAnchors, judgePart, reviewChanges } from './judge-stages';
import { linkSessions } from './link-stage';
import { splitByWorkload } from './split-stage';

/** A stage between reading the logs and the report. Its children may run in any order, at the same time, and repeatedly. */
export interface HuntStage {
  readonly name: string;
  /** One child for each part; else one in all. */
  readonly perPart: boolean;
  run(part: number, context: HuntContext): Promise<void>;
}

/** In this order: a stage begins when all children of the one before have ended. */
export const HUNT_STAGES = [
  { name: 'attribute', perPart: true, run: attributeSessions },
  { name: 'link', perPart: false, run: (_, context) => linkSessions(context) },
  { name: 'split', perPart: true, run: splitByWorkload },
  { name: 'review', perPart: true, run: reviewChanges },
  { name: 'anchor', perPart: true, run: findAnchors },
  { name: 'compare', perPart: true, run: compareAnchors },
  { name: 'judge', perPart: true, run: judgePart },
] as const satisfies readonly HuntStage[];
