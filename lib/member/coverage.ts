import { observedPatterns, type PatternSettings } from '../patterns/event-patterns';
import { kindsNamed, type WorkloadName } from '../../lambda/detection/kinds/all-kinds';

/** Something a deployment does not see. It is said in outputs and by `doctor`; never taken for clean. */
export interface NotCovered {
  /** Whose calls these are; `any` for all kinds. */
  readonly workload: string;
  readonly what: string;
  readonly because: string;
  /** What would show them. */
  readonly seenBy: 'forwardAll or trail mode' | 'trail mode' | 'data events in the trail' | 'members there';
}

/** How records come: as events through rules, or in the trail's log files. */
export type Transport = 'events' | 'trail';

/** What decides how much is seen. */
export interface CoverageSettings extends Pick<PatternSettings, 'workloads' | 'forwardAll'> {
  /**
   * Regions with rules.
   *
   * @default - not known, so that nothing is said of the others
   */
  readonly regions?: readonly string[];
}

/** What rules with these settings, or a trail, cannot see. */
export function notCovered(settings: CoverageSettings, transport: Transport = 'events'): NotCovered[] {
  const { regions = [] } = settings;
  const always = [...(transport === 'events' && regions.length > 0 ? [otherRegions(regions)] : []), DATA_EVENTS];
  if (transport === 'trail') return always;
  if (settings.forwardAll) return [...always, LARGE_EVENTS];
  return [...unseenCalls(settings.workloads), CHAINED, ...always, LARGE_EVENTS];
}

/** The kinds whose own calls no rule of these settings lets through, so that only their issuance is seen. */
export function kindsWithoutRule(settings: Pick<PatternSettings, 'workloads' | 'forwardAll'>): WorkloadName[] {
  if (settings.forwardAll) return [];
  const named = new Set(observedPatterns({ ...settings, account: '' }).map(({ name }) => name));
  return settings.workloads.filter((workload) => !named.has(workload));
}

const BOTH = 'forwardAll or trail mode';

function unseenCalls(workloads: readonly WorkloadName[]): NotCovered[] {
  return kindsNamed(workloads).flatMap(({ name, events }) =>
    events.unseen.map((unseen) => ({ workload: name, ...unseen, seenBy: BOTH })),
  );
}

function otherRegions(regions: readonly string[]): NotCovered {
  return {
    workload: 'any',
    what: `calls in Regions other than ${regions.join(', ')}`,
    because: 'a call is recorded in the Region it was made to, and forwarded by the rules there',
    seenBy: 'members there',
  };
}

const CHAINED: NotCovered = {
  workload: 'any',
  what: 'calls of sessions that a workload assumed (role chaining); the assuming itself is seen',
  because: 'no field of a call says from which session its own was assumed',
  seenBy: BOTH,
};

const DATA_EVENTS: NotCovered = {
  workload: 'any',
  what: 'data-plane calls (S3 objects, DynamoDB items, …) that the trail does not select',
  because: 'CloudTrail records them only where a trail asks for them',
  seenBy: 'data events in the trail',
};

const LARGE_EVENTS: NotCovered = {
  workload: 'any',
  what: 'events larger than 256 KB',
  because: 'CloudTrail does not send them to EventBridge',
  seenBy: 'trail mode',
};
