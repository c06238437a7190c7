import { compareEvents } from '../detection/facts/call-sample';
import type { EventRef, Fact, PersonCall, Sighting } from '../detection/facts/facts';
import { filed, type Filed } from '../store/table-schema';
import { seenKey } from '../store/seen-cache';

/** A record that facts were read from, and the message or file it came in. */
export interface SourceRecord<Id> {
  readonly id: Id;
  readonly record: unknown;
}

/** A fact, or an hour of sightings, to be stored, with the records that state it; a null fact for an account seen. */
export class BatchEntry<Id> {
  private fault: { readonly error: unknown } | null = null;
  /** It can never be stored, and is not retried. */
  isRefused = false;
  private readonly records: SourceRecord<Id>[] = [];

  constructor(
    public fact: Fact | null,
    public items: readonly Filed[],
  ) {}

  get sources(): readonly SourceRecord<Id>[] {
    return this.records;
  }

  /** Why it is not finished; null if nothing failed so far. */
  get failure(): { readonly error: unknown } | null {
    return this.fault;
  }

  addSource(source: SourceRecord<Id>): void {
    this.records.push(source);
  }

  fail(error: unknown): void {
    this.fault ??= { error };
  }
}

/** Entries by table key: sightings of one hour are merged to the least event and all that was done, calls of people to the first. */
export class BatchEntries<Id> {
  private readonly byKey = new Map<string, BatchEntry<Id>>();

  constructor(private readonly retentionDays: number) {}

  get all(): readonly BatchEntry<Id>[] {
    return [...this.byKey.values()];
  }

  /** `items`: the table items of the fact. */
  add(fact: Fact | null, items: readonly Filed[], source: SourceRecord<Id>): void {
    const [first] = items;
    if (!first) return;
    const key = seenKey(first);
    const entry = this.byKey.get(key) ?? new BatchEntry<Id>(fact, items);
    this.byKey.set(key, entry);
    entry.addSource(source);
    const merged = fact && entry.fact && entry.fact !== fact ? merge(entry.fact, fact) : null;
    if (!merged) return;
    entry.fact = merged;
    entry.items = filed(merged, this.retentionDays);
  }
}

/** Facts of other kinds do not change. */
function merge(one: Fact, other: Fact): Fact | null {
  if (one.fact === 'sighting' && other.fact === 'sighting') return both(one, other);
  return one.fact === 'person' && other.fact === 'person' ? earlier(one, other) : null;
}

function earlier(one: PersonCall, other: PersonCall): PersonCall {
  return compareEvents(eventOf(one), eventOf(other)) <= 0 ? one : other;
}

function eventOf({ time, eventId, who }: PersonCall): EventRef {
  return { time, id: eventId, what: who };
}

function both(one: Sighting, other: Sighting): Sighting {
  const { event } = compareEvents(one.event, other.event) <= 0 ? one : other;
  return { ...one, event, did: one.did | other.did };
}
