import * as z from 'zod';
import { CANARY_SESSION } from '../detection/vocabulary';
import type { CloudTrailRecord } from '../detection/model/cloudtrail-record';
import type { Fact } from '../detection/facts/facts';
import { isoTime } from '../detection/model/event-time';
import { field } from '../detection/model/json-field';
import { parseSessionArn } from '../detection/model/session-arn';
import { isUnproven, PARTITIONS, SORT_KEYS } from './table-schema';
import type { ItemKey, LockTable, StoredItem } from './lock-table';

const text = z.string();
const HEARTBEAT = z.object({
  account: text,
  region: text,
  kind: text,
  since: text,
  last: text,
  longestPause: z.number(),
  readEvents: z.nullable(text),
  proof: z.nullable(text),
});

/** The records received from an account and Region. Times are ISO 8601. */
export interface Heartbeat {
  readonly account: string;
  readonly region: string;
  /** A kind of workload; `canary` for those of `watch`; `any` for every other accepted record. */
  readonly kind: string;
  /** When the first was received, by the receiver's clock. */
  readonly since: string;
  /** The time of its latest event. */
  readonly last: string;
  /** The longest time without events, in milliseconds. */
  readonly longestPause: number;
  /** The hour of the latest read-only event; null if read events are not delivered. */
  readonly readEvents: string | null;
  /** The hour of the latest event that proves whose credentials it was made with. */
  readonly proof: string | null;
}

/** `time`: epoch milliseconds. */
interface ReceivedCall extends Pick<Heartbeat, 'account' | 'region'> {
  readonly time: number;
  readonly isReadOnly: boolean;
}

type ReceivedHeartbeat = Pick<Heartbeat, 'account' | 'region' | 'kind' | 'last' | 'readEvents' | 'proof'>;

const HOUR = 3_600_000;

/** Milliseconds between writes; every canary is written. */
const APART: Readonly<Record<string, number>> = { canary: 0, any: HOUR };
const KEEP_SECONDS = 90 * 86_400;

/** Entries kept in memory; an organization of 500 accounts in all Regions has half as many. */
const MOST = 50_000;

/** Items per write; the rest waits for the next batch of messages. */
const MOST_AT_ONCE = 100;

/**
 * Records which accounts, Regions and kinds records came from, and writes each to the table at most once an hour. No verdict
 * depends on it, so a failed write is retried with the next batch.
 */
export class Heartbeats {
  private readonly received = new Map<string, ReceivedHeartbeat>();
  private readonly writtenAt = new Map<string, number>();

  /** `value`: the record as it was received. */
  receive(record: CloudTrailRecord, facts: readonly Fact[], value: unknown): void {
    const { account, region, time } = record;
    // The detector's own calls do not show that others arrive.
    this.receiveCall(
      { account, region, time, isReadOnly: isReading(value) },
      facts,
      isCanary(record) ? 'canary' : 'any',
    );
  }

  receiveCall({ account, region, time, isReadOnly }: ReceivedCall, facts: readonly Fact[], kind = 'any'): void {
    if (region === '') return;
    const last = isoTime(time);
    const hour = `${last.slice(0, 13)}:00:00Z`;
    const proven = provenKinds(facts);
    const received = { account, region, last, readEvents: isReadOnly ? hour : null };
    this.add({ ...received, kind, proof: proven.size > 0 ? hour : null });
    if (kind === 'canary') return;
    for (const one of kindsIn(facts)) this.add({ ...received, kind: one, proof: proven.has(one) ? hour : null });
  }

  private add(received: ReceivedHeartbeat): void {
    const key = skOf(received);
    const known = this.received.get(key);
    if (known) this.received.set(key, bothOf(known, received));
    else if (this.received.size < MOST) this.received.set(key, received);
  }

  /** Writes what is due; if the table throws, all of it stays due. `now`: epoch milliseconds. */
  async write(table: LockTable, now: number): Promise<void> {
    const due = [...this.received].filter(([sk, received]) => this.isDue(sk, received, now)).slice(0, MOST_AT_ONCE);
    if (due.length === 0) return;
    const items = await table.read(due.map(([sk]) => keyOf(sk)));
    await Promise.all(due.map(([sk, received], at) => this.writeOne(table, received, { sk, item: items[at], now })));
  }

  private isDue(sk: string, { kind }: ReceivedHeartbeat, now: number): boolean {
    return now - (this.writtenAt.get(sk) ?? -Infinity) >= (APART[kind] ?? HOUR);
  }

  private async writeOne(
    table: LockTable,
    received: ReceivedHeartbeat,
    { sk, item, now }: { readonly sk: string; readonly item: StoredItem | undefined; readonly now: number },
  ): Promise<void> {
    const body = JSON.stringify(mergedInto(item ? heartbeatIn(item) : null, received, now));
    const revision = (item?.revision ?? 0) + 1;
    const expires = Math.floor(now / 1_000) + KEEP_SECONDS;
    // On a conflict, the next write reads what the other worker wrote.
    if (body !== item?.body && !(await table.revise({ ...keyOf(sk), body, expires, revision }))) return;
    if (this.writtenAt.size >= MOST) this.writtenAt.clear();
    this.writtenAt.set(sk, now);
    if (this.received.get(sk) === received) this.received.delete(sk);
  }
}

/** All heartbeats, or those of one account, by account, Region and kind. */
export async function readHeartbeats(table: LockTable, account?: string): Promise<Heartbeat[]> {
  const prefix = account === undefined ? SORT_KEYS.heartbeat : `${SORT_KEYS.heartbeat}${account}#`;
  const items = await table.query(PARTITIONS.heartbeats, prefix);
  return items.map(heartbeatIn);
}

/** CloudTrail may deliver an event this much later (milliseconds). */
const DELIVERY = 15 * 60_000;

/**
 * Since when an account's records of a Region are read, in epoch milliseconds: about the time of the first event. Null where
 * none came from there, so that nothing shows that records of changes would.
 */
export async function recordedSince(table: LockTable, account: string, region: string): Promise<number | null> {
  const there = (await readHeartbeats(table, account)).filter((one) => one.region === region);
  if (there.length === 0) return null;
  return Math.min(...there.map(({ since }) => Date.parse(since))) - DELIVERY;
}

function heartbeatIn({ body }: StoredItem): Heartbeat {
  return HEARTBEAT.parse(JSON.parse(body));
}

function mergedInto(known: Heartbeat | null, received: ReceivedHeartbeat, now: number): Heartbeat {
  const { account, region, kind, readEvents, proof } = received;
  // The record's clock may be ahead.
  const last = earlier(received.last, isoTime(now));
  if (!known) return { account, region, kind, since: isoTime(now), last, longestPause: 0, readEvents, proof };
  // Records from before the first heartbeat end no pause.
  const pause = Math.max(0, Date.parse(last) - Date.parse(later(known.last, known.since)));
  return {
    ...known,
    last: later(known.last, last),
    longestPause: Math.max(known.longestPause, pause),
    readEvents: latest(known.readEvents, readEvents),
    proof: latest(known.proof, proof),
  };
}

function bothOf(one: ReceivedHeartbeat, other: ReceivedHeartbeat): ReceivedHeartbeat {
  return {
    ...one,
    last: later(one.last, other.last),
    readEvents: latest(one.readEvents, other.readEvents),
    proof: latest(one.proof, other.proof),
  };
}

function skOf({ account, region, kind }: Pick<Heartbeat, 'account' | 'region' | 'kind'>): string {
  return `${SORT_KEYS.heartbeat}${account}#${region}#${kind}`;
}

function keyOf(sk: string): ItemKey {
  return { pk: PARTITIONS.heartbeats, sk };
}

/** ISO times of one form are ordered as texts. */
function later(one: string, other: string): string {
  return one > other ? one : other;
}

function earlier(one: string, other: string): string {
  return one < other ? one : other;
}

function latest(one: string | null, other: string | null): string | null {
  return one === null || other === null ? (one ?? other) : later(one, other);
}

/** `readOnly` is a boolean; some exports make it a string. */
function isReading(value: unknown): boolean {
  const readOnly = field(value, 'readOnly');
  return readOnly === true || readOnly === 'true';
}

/** Denied attempts count too: their records were delivered. */
function isCanary({ eventSource, eventName, request }: CloudTrailRecord): boolean {
  return (
    eventName === 'AssumeRole' && eventSource.startsWith('sts.') && field(request, 'roleSessionName') === CANARY_SESSION
  );
}

/** Prefix of the detector's roles. */
const OURS = 'credlock';

/** True for the key that a role of the detector in its own account got as a canary: it is not used. */
export function isOwnCanary(fact: Fact, hubAccount: string | null): boolean {
  if (fact.fact !== 'foreign-key') return false;
  const caller = parseSessionArn(fact.by?.sessionArn ?? null);
  const assumed = parseSessionArn(fact.sessionArn);
  return (
    caller?.account === hubAccount &&
    caller.role.startsWith(OURS) &&
    assumed?.name === CANARY_SESSION &&
    assumed.role.startsWith(OURS)
  );
}

/** Kinds of workload these facts are about. */
function kindsIn(facts: readonly Fact[]): Set<string> {
  return new Set(
    facts.flatMap((fact) => {
      if (fact.fact === 'issuance') return [fact.workload.kind];
      return fact.fact === 'sighting' && fact.caller.workload ? [fact.caller.workload.kind] : [];
    }),
  );
}

function provenKinds(facts: readonly Fact[]): Set<string> {
  return kindsIn(facts.filter((fact) => fact.fact !== 'sighting' || !isUnproven(fact.caller)));
}
