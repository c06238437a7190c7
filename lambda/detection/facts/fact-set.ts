import { CallSample, compareEvents, type Call, type PackedCalls, type SampleData } from './call-sample';
import type { Caller, Change, EventRef, Fact, ForeignKey, Grant, Issuance, PersonCall, Sighting } from './facts';
import { InternedFacts } from './interned-facts';
import { PackedFacts, type PackedRows } from './packed-facts';
import { isSameCaller, callsKey, rowKey } from './caller-keys';
import { TextNumbers } from './text-numbers';

const HOUR = 3_600_000;

/** Calls kept for reporting, per session and origin: many for a session that names its workload, a few for any other. */
const NAMED_CALLS = 200;
const OTHER_CALLS = 25;

/** Size of the sample that a caller's calls are kept in. */
export function mostCallsOf({ workload }: Caller): number {
  return workload ? NAMED_CALLS : OTHER_CALLS;
}

/** One hour of a sighting row. */
export interface SeenHour {
  readonly hour: number;
  event: EventRef;
  did: number;
}

/** All sightings that differ in nothing but their hour, by hour. */
export interface SightingRow {
  readonly caller: Caller;
  /** By hour. */
  readonly seen: readonly SeenHour[];
}

/** A row whose hours are made anew each time as long as they are packed. */
class KeptRow implements SightingRow {
  #seen: SeenHour[] | PackedHours = [];

  constructor(readonly caller: Caller) {}

  get seen(): readonly SeenHour[] {
    return 'unpacked' in this.#seen ? this.#seen.unpacked() : this.#seen;
  }

  merge(hour: SeenHour, interned = same<EventRef>): void {
    if ('unpacked' in this.#seen) this.#seen = this.#seen.unpacked();
    mergeHour(this.#seen, hour, interned);
  }

  mergePacked(hours: PackedHours): void {
    const hasHours = 'unpacked' in this.#seen || this.#seen.length > 0;
    if (hasHours) for (const hour of hours.unpacked()) this.merge(hour);
    else this.#seen = hours;
  }
}

/** The hours of a caller, in their order. */
export interface PackedHours {
  /** New objects each time. */
  unpacked(): SeenHour[];
}

/** The row and sample that a caller's sightings are added to. */
interface SightingTarget {
  readonly row: KeptRow;
  readonly sample: CallSample;
}

const MOST_RECENT = 10_000;
const MOST_WORDS = 100_000;

/** The facts of one session ARN. */
export interface SessionUse {
  readonly arn: string;
  readonly rows: Map<string, KeptRow>;
  /** By source and whether the session names its workload: see `callsKey`. */
  readonly calls: Map<string, CallSample>;
}

export interface SessionData {
  readonly arn: string;
  readonly rows: ReadonlyMap<string, SightingRow>;
  readonly calls: ReadonlyMap<string, SampleData>;
}

/** Some of an array, or of a set. */
interface Facts<T> {
  values(): Iterable<T>;
}

/** The facts of a set, as data that can be sent to another thread. */
export interface FactSetData {
  readonly issuances: Facts<Issuance>;
  readonly foreignKeys: ReadonlyMap<string, ForeignKey>;
  readonly grants: ReadonlyMap<string, Grant>;
  readonly changes: Facts<Change>;
  readonly people: ReadonlyMap<string, PersonCall>;
  readonly sessions: ReadonlyMap<string, SessionData>;
  readonly accounts: ReadonlySet<string>;
}

/** Makes what facts are kept in when there are many. */
export interface FactPacking {
  readonly issuances: () => PackedRows<Issuance>;
  readonly changes: () => PackedRows<Change>;
}

/**
 * The merged facts. `add` and `merge` are commutative, associative and idempotent: any order, duplication or split of
 * the same records ends in the same set.
 */
export class FactSet {
  readonly issuances: PackedFacts<Issuance>;
  /** By access key id. */
  readonly foreignKeys = new Map<string, ForeignKey>();
  readonly grants = new Map<string, Grant>();
  readonly changes: PackedFacts<Change>;
  readonly people = new Map<string, PersonCall>();
  readonly sessions = new Map<string, SessionUse>();
  /** Accounts whose records were seen. */
  readonly accounts = new Set<string>();
  private readonly words = new Map<string, string>();
  readonly interned = new InternedFacts();
  private readonly places = new TextNumbers();
  private readonly recent = new Map<string, SightingTarget>();

  /** `packing`: how facts are kept when there are many. @default each is an object */
  constructor(packing: FactPacking | null = null) {
    this.issuances = new PackedFacts(packing && packing.issuances);
    this.changes = new PackedFacts(packing && packing.changes);
  }

  add(fact: Fact): void {
    if (fact.fact === 'sighting') return this.addSighting(fact);
    if (fact.fact === 'issuance') return this.addIssuance(fact);
    if (fact.fact === 'change') return this.addChange(fact);
    if (fact.fact === 'grant') return keepSmallest(this.grants, fact.id, fact);
    if (fact.fact === 'person') return keepSmallest(this.people, fact.id, fact);
    return this.addForeignKey(fact);
  }

  private addIssuance(fact: Issuance): void {
    if (isSmaller(fact, this.issuances.get(fact.id))) this.issuances.set(this.interned.issuance(fact));
  }

  private addChange(fact: Change): void {
    if (isSmaller(fact, this.changes.get(fact.id))) this.changes.set(this.interned.change(fact));
  }

  /** In cross-account calls both accounts have the record; only the caller's copy has the caller's key, so it is kept. */
  private addForeignKey(fact: ForeignKey): void {
    const kept = this.foreignKeys.get(fact.accessKeyId);
    if (kept && (kept.by === null) !== (fact.by === null)) {
      if (kept.by === null) this.foreignKeys.set(fact.accessKeyId, fact);
      return;
    }
    keepSmallest(this.foreignKeys, fact.accessKeyId, fact);
  }

  sawAccount(account: string): void {
    this.accounts.add(account);
  }

  merge(other: FactSetData): void {
    for (const account of other.accounts) this.accounts.add(account);
    for (const fact of other.issuances.values()) this.add(fact);
    for (const fact of other.foreignKeys.values()) this.add(fact);
    for (const fact of other.grants.values()) this.add(fact);
    for (const fact of other.changes.values()) this.add(fact);
    for (const fact of other.people.values()) this.add(fact);
    for (const session of other.sessions.values()) {
      for (const row of session.rows.values()) this.addRow(row.caller, row.seen);
      for (const [key, sample] of session.calls) this.addCalls(session.arn, key, sample);
    }
  }

  addRow(caller: Caller, seen: readonly SeenHour[]): void {
    const row = this.rowOf(caller);
    for (const hour of seen) row.merge(hour, this.internedEvent);
  }

  addCalls(sessionArn: string, key: string, sample: SampleData): void {
    const { calls } = this.sessionOf(sessionArn);
    const kept = calls.get(key) ?? new CallSample(sample.limit);
    kept.merge(sample, this.internedCall);
    calls.set(key, kept);
  }

  /** The caller is kept as it is. */
  addPackedHours(caller: Caller, hours: PackedHours): void {
    this.rowOf(caller, same).mergePacked(hours);
  }

  addPackedCalls(caller: Caller, calls: PackedCalls): void {
    this.sampleOf(caller).addPacked(calls);
  }

  private addSighting({ caller, did, event }: Sighting): void {
    const { row, sample } = this.targetOf(caller);
    row.merge({ hour: Math.floor(event.time / HOUR), event, did }, this.internedEvent);
    if (sample.isPast(event)) sample.addPast(event);
    else
      sample.add(
        { time: event.time, id: event.id, what: event.what, accessKeyId: caller.accessKeyId },
        this.internedCall,
      );
  }

  /** A cache: most sightings are of a recent caller, and the maps' long keys are slow to build. */
  private targetOf(caller: Caller): SightingTarget {
    const { accessKeyId, sessionArn, source } = caller;
    const key = `${accessKeyId ?? sessionArn} ${source.ip ?? source.service ?? ''}`;
    const recent = this.recent.get(key);
    if (recent && isSameCaller(recent.row.caller, caller)) return recent;
    if (this.recent.size >= MOST_RECENT) this.recent.clear();
    const target = { row: this.rowOf(caller), sample: this.sampleOf(caller) };
    this.recent.set(key, target);
    return target;
  }

  private sampleOf(caller: Caller): CallSample {
    const { calls } = this.sessionOf(caller.sessionArn);
    const key = callsKey(caller);
    let sample = calls.get(key);
    if (!sample) {
      sample = new CallSample(mostCallsOf(caller));
      calls.set(this.interned.text(key), sample);
    }
    return sample;
  }

  private sessionOf(arn: string): SessionUse {
    let session = this.sessions.get(arn);
    if (!session) {
      session = { arn, rows: new Map(), calls: new Map() };
      this.sessions.set(arn, session);
    }
    return session;
  }

  private rowOf(caller: Caller, copy = (one: Caller): Caller => this.interned.caller(one)): KeptRow {
    const { rows } = this.sessionOf(caller.sessionArn);
    const key = rowKey(caller, this.places);
    let row = rows.get(key);
    if (!row) {
      row = new KeptRow(copy(caller));
      rows.set(key, row);
    }
    return row;
  }

  /** Interns kept texts only: callers choose their user agents, and could fill the memory with new ones. */
  private readonly internedEvent = ({ time, id, what }: EventRef): EventRef => ({ time, id, what: this.word(what) });

  private readonly internedCall = ({ accessKeyId, ...event }: Call): Call => ({
    ...this.internedEvent(event),
    accessKeyId: accessKeyId === null ? null : this.word(accessKeyId),
  });

  private word(text: string): string {
    const known = this.words.get(text);
    if (known !== undefined) return known;
    // Texts that only dropped calls had are kept no longer than this.
    if (this.words.size >= MOST_WORDS) this.words.clear();
    this.words.set(text, text);
    return text;
  }
}

function keepSmallest<T extends Timed>(facts: Map<string, T>, key: string, fact: T): void {
  if (isSmaller(fact, facts.get(key))) facts.set(key, fact);
}

interface Timed {
  readonly time: number;
}

/** Of two facts with the same id the one with the smaller text is kept, so that the order does not matter. */
function isSmaller<T extends Timed>(fact: T, kept: T | undefined): boolean {
  if (!kept || fact.time < kept.time) return true;
  return fact.time === kept.time && JSON.stringify(fact) < JSON.stringify(kept);
}

function mergeHour(seen: SeenHour[], { hour, event, did }: SeenHour, interned: (event: EventRef) => EventRef): void {
  let at = seen.length;
  while (at > 0 && (seen[at - 1]?.hour ?? 0) > hour) at -= 1;
  const kept = seen[at - 1];
  if (kept?.hour !== hour) {
    seen.splice(at, 0, { hour, event: interned(event), did });
    return;
  }
  if (compareEvents(event, kept.event) < 0) kept.event = interned(event);
  kept.did |= did;
}

function same<T>(one: T): T {
  return one;
}
