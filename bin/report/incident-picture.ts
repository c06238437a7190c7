import { callWords } from '../../lambda/detection/facts/call-sample';
import type { Finding } from '../../lambda/detection/model/finding';
import { callsFrom } from '../../lambda/detection/facts/workload-history';
import type { Decision, Judgement } from '../../lambda/detection/judge/judge';
import { originText } from '../../lambda/detection/model/origin';
import { counted } from '../terminal/numbers';
import { lifeEvents } from './life-events';
import { BECAUSES, OWNERS } from '../terminal/labels';
import type { Lane, LaneCall, Moment, Picture } from './picture';

const MOST_TRUSTED = 6;
const MOST_UNTRUSTED = 8;

/** Marks per lane; calls at the same mark are drawn once. */
const MARKS = 240;
const MOST_MOMENTS = 40;

/** One origin of the workload and its decisions. */
interface Place {
  readonly key: string;
  readonly origin: string;
  readonly steps: Decision[];
  /** Time of its first suspicious sighting in epoch milliseconds, or infinity. */
  readonly suspectFrom: number;
}

/**
 * The timeline of one workload: its origins as lanes with their calls and lock, and issuances and changes. Origins of
 * relayed requests and of AWS services are included only if suspicious.
 */
export function incidentPicture(judgement: Judgement, findings: readonly Finding[]): Picture {
  const places = placesOf(judgement);
  const trusted = places.filter(isTrusted);
  const untrusted = places.filter((place) => !isTrusted(place) && isSuspect(place));
  const shown = [...trusted.slice(0, MOST_TRUSTED), ...untrusted.slice(0, MOST_UNTRUSTED)];
  const issued = issuedAt(judgement);
  const changes = lifeEvents(judgement);
  const calls = new Map(shown.map((place) => [place, callsOf(place, judgement)]));
  const [from, to] = spanOf([...calls.values(), issued, changes].flat().map(({ time }) => time));
  return {
    kind: 'incident',
    fleet: false,
    from,
    to,
    lanes: shown.map((place) =>
      laneOf(place, judgement, findings, marksOf(calls.get(place) ?? [], place.suspectFrom, (to - from) / MARKS)),
    ),
    more: trusted.length + untrusted.length - shown.length,
    issued: momentsOf(issued),
    changes: momentsOf(changes),
  };
}

function placesOf({ decisions }: Judgement): Place[] {
  const byKey = new Map<string, Decision[]>();
  for (const step of decisions) {
    const { key } = step.sighting.origin;
    const same = byKey.get(key);
    if (same) same.push(step);
    else byKey.set(key, [step]);
  }
  return [...byKey].flatMap(([key, ofPlace]) => {
    const [first] = ofPlace;
    if (!first) return [];
    const suspect = ofPlace.find(({ outcome }) => outcome === 'suspicious');
    const suspectFrom = suspect?.sighting.event.time ?? Infinity;
    return [{ key, origin: originText(first.sighting.origin), steps: ofPlace, suspectFrom }];
  });
}

function isSuspect({ suspectFrom }: Place): boolean {
  return suspectFrom < Infinity;
}

function isTrusted(place: Place): boolean {
  return place.steps.some(
    ({ outcome, sighting }) => outcome === 'trusted' && (sighting.origin.kind !== 'service' || isSuspect(place)),
  );
}

interface TimedCall {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly what: string;
}

function callsOf({ key, steps }: Place, { history }: Judgement): TimedCall[] {
  const calls = new Map<string, TimedCall>();
  for (const { sighting } of steps) calls.set(sighting.event.id, sighting.event);
  for (const call of callsFrom(history, key).calls) calls.set(call.id, call);
  return [...calls.values()].sort((a, b) => a.time - b.time);
}

function laneOf(place: Place, judgement: Judgement, findings: readonly Finding[], calls: readonly LaneCall[]): Lane {
  const entry = judgement.lock.find(({ origin }) => origin.key === place.key);
  const step = place.steps.find(({ outcome }) => outcome === 'suspicious') ?? place.steps[0];
  const lane = { origin: place.origin, calls, since: entry ? seconds(entry.since) : null, until: null };
  if (!isTrusted(place)) return { ...lane, trusted: false, because: ownerOf(place, findings), why: step?.why ?? '' };
  if (!entry) return { ...lane, trusted: true, because: 'trusted', why: step?.why ?? '' };
  const until = entry.until === null ? null : seconds(entry.until);
  return { ...lane, trusted: true, because: BECAUSES[entry.because], why: entry.why, until };
}

function ownerOf(place: Place, findings: readonly Finding[]): string {
  const finding = findings.find(({ origin }) => origin !== null && originText(origin) === place.origin);
  return finding?.origin ? OWNERS[finding.origin.ownership] : 'not trusted';
}

/** One mark for calls too close to distinguish; suspicious and failed ones have their own. */
function marksOf(calls: readonly TimedCall[], suspectFrom: number, markWidth: number): LaneCall[] {
  const marks = new Map<string, LaneCall>();
  for (const { time, what } of calls) {
    const { source, name, errorCode } = callWords(what);
    const suspicious = time >= suspectFrom;
    const failed = errorCode !== null;
    const mark = `${Math.floor(time / 1_000 / Math.max(1, markWidth))} ${suspicious} ${failed}`;
    const text = `${source.split('.')[0] ?? source}:${name}${failed ? ` (${errorCode})` : ''}`;
    if (!marks.has(mark)) marks.set(mark, { time: seconds(time), text, suspicious, failed });
  }
  return [...marks.values()];
}

function issuedAt({ history }: Judgement): { time: number; text: string }[] {
  const counts = new Map<number, number>();
  for (const { time } of history.issuances) counts.set(time, (counts.get(time) ?? 0) + 1);
  return [...counts].map(([time, count]) => ({ time, text: `${counted(count, 'key')} issued` }));
}

function momentsOf(events: readonly { readonly time: number; readonly text: string }[]): Moment[] {
  const byTime = new Map<number, string[]>();
  for (const { time, text } of events) byTime.set(time, [...(byTime.get(time) ?? []), text]);
  const moments = [...byTime].sort(([a], [b]) => a - b);
  return moments.slice(-MOST_MOMENTS).map(([time, texts]) => ({ time: seconds(time), text: texts.join('; ') }));
}

/** In seconds, with room at both ends. */
function spanOf(times: readonly number[]): [from: number, to: number] {
  const first = seconds(times.reduce((least, time) => Math.min(least, time), Infinity));
  const last = seconds(times.reduce((most, time) => Math.max(most, time), 0));
  const room = Math.max(300, (last - first) * 0.03);
  return [Math.floor(first - room), Math.ceil(last + room)];
}

function seconds(time: number): number {
  return Math.floor(time / 1_000);
}
