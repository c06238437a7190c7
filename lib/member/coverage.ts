import { observedPatterns, type PatternSettings } from '../patterns/event-patterns';
import { kindsNamed, type WorkloadName } from '../../lambda/detection/kinds/all-kinds';

/** Calls that a deployment does not see. Listed in the stack outputs and by `credlock doctor`. */
export interface NotCovered {
  /** The kind of workload that makes the calls; `any` for all kinds. */
  readonly workload: string;
  readonly what: string;
  readonly because: string;
  /** The option that covers them. */
  readonly seenBy: 'forwardAll or trail mode' | 'trail mode' | 'data events in the trail' | 'members there';
}

/** How records arrive: as events through rules, or in a trail's log files. */
export type Transport = 'events' | 'trail';

/** The settings that determine coverage. */
export interface CoverageSettings extends Pick<PatternSettings, 'workloads' | 'forwardAll'> {
  /**
   * Regions with rules.
   *
   * @default - not known; other Regions are then not listed
   */
  readonly regions?: readonly string[];
}

/** Lists the calls that rules with these settings, or a trail, do not cover. */
export function notCovered(settings: CoverageSettings, transport: Transport = 'events'): NotCovered[] {
  const { regions = [] } = settings;
  const always = [...(transport === 'events' && regions.length > 0 ? [otherRegions(regions)] : []), DATA_EVENTS];
  if (transport === 'trail') return always;
  if (settings.forwardAll) return [...always, LARGE_EVENTS];
  return [...unseenCalls(settings.workloads), CHAINED, ...always, LARGE_EVENTS];
}

/** Lists the kinds whose calls no rule forwards, so that only the issuance of their credentials is seen. */
export function kindsWithoutRule(settings: Pick<PatternSettings, 'workloads' | 'forwardAll'>): WorkloadName[] {
  if (settings.forwardAll) return [];
  const named = new Set(observedPatterns({ ...settings, account: '' }).map(({ name }) => name));
  return settings.workloads.filter((workload) => !named.has(workload));
}

const FORWARD_ALL_OR_TRAIL = 'forwardAll or trail mode';

function unseenCalls(workloads: readonly WorkloadName[]): NotCovered[] {
  return kindsNamed(workloads).flatMap(({ name, events }) =>
    events.unseen.map((unseen) => ({ workload: name, ...unseen, seenBy: FORWARD_ALL_OR_TRAIL })),
  );
}

function otherRegions(regions: readonly string[]): NotCovered {
  return {
    workload: 'any',
    what: `calls in Regions other than ${regions.join(', ')}`,
    because: 'a call is recorded in the Region it was sent to, and forwarded by the rules there',
    seenBy: 'members there',
  };
}

const CHAINED: NotCovered = {
  workload: 'any',
  what: 'calls of sessions that a workload assumed (role chaining); the AssumeRole call itself is seen',
  because: 'no field of a call shows from which session its own was assumed',
  seenBy: FORWARD_ALL_OR_TRAIL,
};

const DATA_EVENTS: NotCovered = {
  workload: 'any',
  what: 'data-plane calls (S3 objects, DynamoDB items, …) that the trail does not select',
  because: 'CloudTrail records them only where a trail selects them',
  seenBy: 'data events in the trail',
};

const LARGE_EVENTS: NotCovered = {
  workload: 'any',
  what: 'events larger than 256 KB',
  because: 'CloudTrail does not send them to EventBridge',
  seenBy: 'trail mode',
};
