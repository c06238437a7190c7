import type { Heartbeat } from '../../lambda/store/heartbeats';
import { placeText, type Place } from '../deployment/accounts-and-regions';
import { ruleFaults, type RuleSeen } from './rule-check';
import { trailFault, trailGaps, type TrailSeen } from './trail-check';

/** Rules and trails of an account in a Region. */
export interface Examined extends Place {
  /** On its default bus; null if not read. */
  readonly rules: readonly RuleSeen[] | null;
  readonly trails: readonly TrailSeen[] | null;
  /** Errors of reading. */
  readonly faults: readonly string[];
}

/** The state of one kind of workload in an account and Region. Times are ISO 8601; null if no event arrived. */
export interface Diagnosis extends Place {
  /** A kind of workload; `any` for all records; `canary` for the detector's own test call. */
  readonly kind: string;
  readonly receivedSince: string | null;
  readonly lastReceived: string | null;
  readonly readEvents: string | null;
  readonly proof: string | null;
  readonly rules: readonly RuleSeen[];
  readonly problems: readonly string[];
  /** Information that is not a problem. */
  readonly notes: readonly string[];
}

export interface Expected {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Kinds that have rules. */
  readonly kinds: readonly string[];
  /** Names of the rules that must exist. */
  readonly expectedRules: readonly string[];
  /** True if `watch` sends canaries there. */
  readonly hasCanaries: boolean;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Canaries are sent every hour, and CloudTrail delivers within minutes. */
const CANARY_LATE = 2 * HOUR;

/** Diagnoses of all kinds with rules or events: first `any`, for the whole place, and `canary`. */
export function diagnosesOf(examined: Examined, heartbeats: readonly Heartbeat[], expected: Expected): Diagnosis[] {
  const received = new Map(
    heartbeats.filter((one) => placeText(one) === placeText(examined)).map((one) => [one.kind, one]),
  );
  const kinds = ['any', 'canary', ...new Set([...expected.kinds, ...received.keys()].sort())];
  return [...new Set(kinds)].map((kind) => {
    const heartbeat = received.get(kind) ?? null;
    const { problems, notes } = diagnoseKind(kind, heartbeat, { examined, heartbeats: received, expected });
    return {
      account: examined.account,
      region: examined.region,
      kind,
      receivedSince: heartbeat?.since ?? null,
      lastReceived: heartbeat?.last ?? null,
      readEvents: heartbeat?.readEvents ?? null,
      proof: heartbeat?.proof ?? null,
      rules: (examined.rules ?? []).filter(({ name }) => kind === 'any' || name === `credlock-${kind}`),
      problems,
      notes,
    };
  });
}

interface PlaceState {
  readonly examined: Examined;
  readonly heartbeats: ReadonlyMap<string, Heartbeat>;
  readonly expected: Expected;
}

function diagnoseKind(
  kind: string,
  heartbeat: Heartbeat | null,
  around: PlaceState,
): Pick<Diagnosis, 'problems' | 'notes'> {
  if (kind === 'any') return diagnosePlace(heartbeat, around);
  if (kind === 'canary') return diagnoseCanary(heartbeat, around);
  return { problems: [], notes: notesOfKind(kind, heartbeat, around) };
}

function diagnosePlace(
  heartbeat: Heartbeat | null,
  { examined, expected }: PlaceState,
): Pick<Diagnosis, 'problems' | 'notes'> {
  const { rules, trails, faults } = examined;
  const trail = trails === null ? null : trailFault(trails);
  const gaps = trails === null ? [] : trailGaps(trails);
  return {
    problems: [
      ...(rules === null ? [] : ruleFaults('default', rules, { expected: expected.expectedRules })),
      ...(trail === null ? [] : [trail]),
      ...faults,
      ...eventFaults(heartbeat, expected.now),
    ],
    notes: gaps.map((gap) => `the trail does not record ${gap}`),
  };
}

function eventFaults(heartbeat: Heartbeat | null, now: number): string[] {
  if (!heartbeat) return ['no event has ever arrived'];
  const { since, last, readEvents } = heartbeat;
  const quiet = now - Date.parse(last);
  if (quiet > DAY) return [`no event for ${durationText(quiet)}`];
  if (now - Date.parse(since) < HOUR) return [];
  if (readEvents === null) return ['no read-only event has ever arrived: check the state of both rules'];
  const blind = now - Date.parse(readEvents);
  return blind > DAY ? [`no read-only event for ${durationText(blind)}`] : [];
}

function diagnoseCanary(
  heartbeat: Heartbeat | null,
  { heartbeats, expected }: PlaceState,
): Pick<Diagnosis, 'problems' | 'notes'> {
  const { now, hasCanaries } = expected;
  if (!hasCanaries) return { problems: [], notes: heartbeat ? [] : ['no canaries are sent here'] };
  const since = heartbeats.get('any')?.since;
  if (!heartbeat) {
    const isNew = since !== undefined && now - Date.parse(since) < CANARY_LATE;
    return isNew || since === undefined
      ? { problems: [], notes: ['none has arrived yet'] }
      : { problems: ['no canary has ever arrived'], notes: [] };
  }
  const late = now - Date.parse(heartbeat.last);
  return { problems: late > CANARY_LATE ? [`no canary for ${durationText(late)}`] : [], notes: [] };
}

function notesOfKind(kind: string, heartbeat: Heartbeat | null, { expected }: PlaceState): string[] {
  if (!expected.kinds.includes(kind)) return ['no rule of its own; its events arrive through other rules'];
  if (!heartbeat) return ['no events'];
  return heartbeat.proof === null ? ['no event attributed its credentials to a workload'] : [];
}

/** `4 min`, `3 h`, `12 d` */
export function durationText(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}
