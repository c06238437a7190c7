import type { FactSet } from './fact-set';

const DAY = 86_400_000;

/** The latest event time, which replay takes for the present. */
export function newestTime(facts: FactSet): number {
  let newest = 0;
  for (const { time } of facts.issuances.values()) newest = Math.max(newest, time);
  for (const { time } of facts.changes.values()) newest = Math.max(newest, time);
  for (const { rows } of facts.sessions.values()) {
    for (const { seen } of rows.values()) newest = Math.max(newest, seen.at(-1)?.event.time ?? 0);
  }
  return newest;
}

/** The earliest event time; infinite where there is none. */
export function oldestTime(facts: FactSet): number {
  let oldest = Infinity;
  for (const { time } of facts.issuances.values()) oldest = Math.min(oldest, time);
  for (const { time } of facts.changes.values()) oldest = Math.min(oldest, time);
  for (const { rows } of facts.sessions.values()) {
    for (const { seen } of rows.values()) oldest = Math.min(oldest, seen[0]?.event.time ?? Infinity);
  }
  return oldest;
}

/** From the earliest to the latest event, in epoch milliseconds. */
export interface TimeSpan {
  readonly first: number;
  readonly last: number;
}

/** Null for no events. */
export function spanOf(facts: FactSet): TimeSpan | null {
  const last = newestTime(facts);
  return last === 0 ? null : { first: oldestTime(facts), last };
}

/** True when a record is too old to be judged, as its workload's facts may be deleted. Times in epoch milliseconds. */
export function isTooOldToJudge(time: number, now: number, retentionDays: number): boolean {
  return time < now - retentionDays * DAY;
}
