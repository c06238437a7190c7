import { compareEvents } from '../detection/facts/call-sample';
import type { Fact, Sighting } from '../detection/facts/facts';
import { filed, type Filed } from '../store/table-schema';
import { seenKey } from '../store/seen-cache';

/** A record that said something, and whose it is. */
export interface SourceRecord<Id> {
  readonly id: Id;
  readonly record: unknown;
}

/** What is to be stored, with all the records that say so: a fact, or an hour of sightings; null for an account seen. */
export class BatchEntry<Id> {
  private fault: { readonly error: unknown } | null = null;
  /** It will never be stored, and is not to come again. */
  isRefused = false;
  private readonly records: SourceRecord<Id>[] = [];

  constructor(
    public fact: Fact | null,
    public items: readonly Filed[],
  ) {}

  get sources(): readonly SourceRecord<Id>[] {
    return this.records;
  }

  /** Why it is not finished; null while nothing speaks against it. */
  get failure(): { readonly error: unknown } | null {
    return this.fault;
  }

  addSource(said: SourceRecord<Id>): void {
    this.records.push(said);
  }

  fail(error: unknown): void {
    this.fault ??= { error };
  }
}

/** Entries by what they are stored under: of an hour of sightings the least event, and all that was done in it. */
export class BatchEntries<Id> {
  private readonly byKey = new Map<string, BatchEntry<Id>>();

  constructor(private readonly retentionDays: number) {}

  get all(): readonly BatchEntry<Id>[] {
    return [...this.byKey.values()];
  }

  /** `items`: what the fact is filed as. */
  add(fact: Fact | null, items: readonly Filed[], said: SourceRecord<Id>): void {
    const [first] = items;
    if (!first) return;
    const key = seenKey(first);
    const entry = this.byKey.get(key) ?? new BatchEntry<Id>(fact, items);
    this.byKey.set(key, entry);
    entry.addSource(said);
    if (fact?.fact !== 'sighting' || entry.fact?.fact !== 'sighting' || entry.fact === fact) return;
    entry.fact = both(entry.fact, fact);
    entry.items = filed(entry.fact, this.retentionDays);
  }
}

function both(one: Sighting, other: Sighting): Sighting {
  const { event } = compareEvents(one.event, other.event) <= 0 ? one : other;
  return { ...one, event, did: one.did | other.did };
}
