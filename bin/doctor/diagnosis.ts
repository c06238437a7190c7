import type { Heartbeat } from '../../lambda/store/heartbeats';
import { placeText, type Place } from '../deployment/accounts-and-regions';
import { ruleFaults, type RuleSeen } from './rule-check';
import { trailFault, trailGaps, type TrailSeen } from './trail-check';

/** What was found out about an account in a Region. What could not be read is told by `faults`. */
export interface Examined extends Place {
  /** On its default bus; null where they were not, or could not be, read. */
  readonly rules: readonly RuleSeen[] | null;
  readonly trails: readonly TrailSeen[] | null;
  readonly faults: readonly string[];
}

/** How one kind of workload in an account and Region does. Times are ISO 8601; null where nothing was heard. */
export interface Diagnosis extends Place {
  /** A kind of workload; `any` for all records; `canary` for the detector's own test call. */
  readonly kind: string;
  readonly heardSince: string | null;
  readonly heardLast: string | null;
  readonly readEvents: string | null;
  readonly proof: string | null;
  readonly rules: readonly RuleSeen[];
  /** What is wrong. */
  readonly problems: readonly string[];
  /** What is worth knowing, and not wrong. */
  readonly notes: readonly string[];
}

/** How things stand for all of them. */
export interface Standing {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Kinds that have rules. */
  readonly kinds: readonly string[];
  /** Names of the rules that must be there. */
  readonly expectedRules: readonly string[];
  /** Whether `watch` can send canaries into every account. */
  readonly hasCanaries: boolean;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A canary is sent every quarter of an hour, and CloudTrail takes minutes. */
const CANARY_LATE = HOUR;

/** All kinds of one place, those with rules and those that were heard: `any` first, with what concerns the whole place. */
export function diagnosesOf(examined: Examined, heartbeats: readonly Heartbeat[], standing: Standing): Diagnosis[] {
  const heard = new Map(
    heartbeats.filter((one) => placeText(one) === placeText(examined)).map((one) => [one.kind, one]),
  );
  const kinds = ['any', 'canary', ...new Set([...standing.kinds, ...heard.keys()].sort())];
  return [...new Set(kinds)].map((kind) => {
    const heartbeat = heard.get(kind) ?? null;
    const { problems, notes } = judged(kind, heartbeat, { examined, heard, standing });
    return {
      account: examined.account,
      region: examined.region,
      kind,
      heardSince: heartbeat?.since ?? null,
      heardLast: heartbeat?.last ?? null,
      readEvents: heartbeat?.readEvents ?? null,
      proof: heartbeat?.proof ?? null,
      rules: (examined.rules ?? []).filter(({ name }) => kind === 'any' || name === `credlock-${kind}`),
      problems,
      notes,
    };
  });
}

interface Around {
  readonly examined: Examined;
  readonly heard: ReadonlyMap<string, Heartbeat>;
  readonly standing: Standing;
}

function judged(kind: string, heartbeat: Heartbeat | null, around: Around): Pick<Diagnosis, 'problems' | 'notes'> {
  if (kind === 'any') return judgedWhole(heartbeat, around);
  if (kind === 'canary') return judgedCanary(heartbeat, around);
  return { problems: [], notes: notesOfKind(kind, heartbeat, around) };
}

function judgedWhole(
  heartbeat: Heartbeat | null,
  { examined, standing }: Around,
): Pick<Diagnosis, 'problems' | 'notes'> {
  const { rules, trails, faults } = examined;
  const trail = trails === null ? null : trailFault(trails);
  const gaps = trails === null ? [] : trailGaps(trails);
  return {
    problems: [
      ...(rules === null ? [] : ruleFaults('default', rules, { expected: standing.expectedRules })),
      ...(trail === null ? [] : [trail]),
      ...faults,
      ...soundFaults(heartbeat, standing.now),
    ],
    notes: gaps.map((gap) => `the trail leaves out ${gap}`),
  };
}

function soundFaults(heartbeat: Heartbeat | null, now: number): string[] {
  if (!heartbeat) return ['nothing was ever heard'];
  const { since, last, readEvents } = heartbeat;
  const quiet = now - Date.parse(last);
  if (quiet > DAY) return [`nothing was heard for ${durationText(quiet)}`];
  if (now - Date.parse(since) < HOUR) return [];
  if (readEvents === null) return ['no read-only call ever came: is the state of both rules right?'];
  const blind = now - Date.parse(readEvents);
  return blind > DAY ? [`no read-only call came for ${durationText(blind)}`] : [];
}

function judgedCanary(heartbeat: Heartbeat | null, { heard, standing }: Around): Pick<Diagnosis, 'problems' | 'notes'> {
  const { now, hasCanaries } = standing;
  if (!hasCanaries) return { problems: [], notes: heartbeat ? [] : ['no canary is sent here'] };
  const since = heard.get('any')?.since;
  if (!heartbeat) {
    const isNew = since !== undefined && now - Date.parse(since) < CANARY_LATE;
    return isNew || since === undefined
      ? { problems: [], notes: ['none was heard yet'] }
      : { problems: ['no canary was ever heard'], notes: [] };
  }
  const late = now - Date.parse(heartbeat.last);
  return { problems: late > CANARY_LATE ? [`no canary was heard for ${durationText(late)}`] : [], notes: [] };
}

function notesOfKind(kind: string, heartbeat: Heartbeat | null, { standing }: Around): string[] {
  if (!standing.kinds.includes(kind)) return ['it has no rule; what is heard of it comes by others'];
  if (!heartbeat) return ['none was heard'];
  return heartbeat.proof === null ? ['no call proved whose credentials it was made with'] : [];
}

/** `4 min`, `3 h`, `12 d` */
export function durationText(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}
