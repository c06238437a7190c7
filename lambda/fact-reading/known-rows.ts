import type { FactSet } from '../detection/facts/fact-set';
import { idAt } from '../detection/facts/packed-sightings';
import type { SightingTable } from '../detection/facts/sighting-table';
import { grown } from '../detection/facts/word-pool';
import { isInFuture } from '../detection/model/event-time';
import type { WorkloadKind } from '../detection/model/workload-kind';
import type { Skip } from '../detection/records/read-facts';
import { personCall } from '../detection/records/read-person-call';
import { Column, ROW_WORDS, RowFlag, type LogFileScanner } from '../trail-files/log-file-scanner';
import { InternedCallers, type InternedCaller, type Session } from './interned-callers';
import type { InternedCall } from './interned-calls';
import { endOfDay, PeopleSeen } from './people-seen';

/** Words of a caller: 1 plus the index of its rows' outcome, its number in the table, its person's, flags of `Did`, its account's. */
const Known = { outcome: 0, use: 1, person: 2, did: 3, account: 4 } as const;
const KNOWN_WORDS = 5;
const NONE = -1;
/** Flags of a call, below its flags of `Did`. */
const IS_KNOWN = 1;
const IS_PRESIGNABLE = 2;
const DID_SHIFT = 2;
/** Records of more bytes may not fit the scanner's memory of requests. */
const LONGEST_RECORD = 1024 * 1024;

/** What a row counts as. */
interface Outcome {
  readonly session: Session;
  /** Null for a sighting. */
  readonly skip: Skip | null;
  rows: number;
}

/** The rows of a scanner by their callers. Those whose caller and call are known, as most are, are taken in one loop of numbers. */
export class KnownRows {
  readonly callers: InternedCallers;
  readonly #scanner: LogFileScanner;
  readonly #table: SightingTable;
  readonly #now: number;
  readonly #people: PeopleSeen;
  /** By id, at even places; identities that stand alone, by theirs, at odd ones. */
  #callers = new Int32Array(32_768 * KNOWN_WORDS);
  /** By id. */
  #calls = new Int32Array(8_192);
  readonly #accounts: string[] = [];
  readonly #outcomes: Outcome[] = [];

  constructor(
    scanner: LogFileScanner,
    table: SightingTable,
    facts: FactSet,
    { kinds, now }: { readonly kinds: readonly WorkloadKind[]; readonly now: number },
  ) {
    this.#scanner = scanner;
    this.#table = table;
    this.#now = now;
    this.#people = new PeopleSeen((person, time, words, eventId) =>
      facts.add(personCall(person, time * 1_000, idAt(words, eventId))),
    );
    this.callers = new InternedCallers(scanner, table, this.#people, kinds);
  }

  /** Adds what is not yet in the facts, besides the table's sightings. */
  finish(): void {
    this.#people.finish();
  }

  seePerson(person: number, row: number): void {
    const { words } = this.#scanner;
    const time = words[row + Column.time] ?? 0;
    this.#people.see(person, time, words, row + Column.eventId);
    // The scanner passes over further calls of the day, of persons without sessions, without asking whether they are in the future.
    if (((words[row + Column.flags] ?? 0) & RowFlag.mayBePerson) === 0) return;
    if (!isInFuture(endOfDay(time) * 1_000, this.#now)) this.#scanner.notePerson(row);
  }

  /** A row was taken that others may follow. */
  learn(row: number, call: NonNullable<InternedCall>, caller: NonNullable<InternedCaller>): void {
    const { words } = this.#scanner;
    const id = words[row + Column.call] ?? 0;
    while (id >= this.#calls.length) this.#calls = grown(this.#calls);
    this.#calls[id] = IS_KNOWN | (call.presignable ? IS_PRESIGNABLE : 0) | (call.did << DID_SHIFT);
    const flags = words[row + Column.flags] ?? 0;
    const { part, session, person, use } = caller;
    if ((flags & RowFlag.mayBePerson) !== 0) return;
    const at = placeOf(words[row + Column.caller] ?? 0, flags);
    while (at >= this.#callers.length) this.#callers = grown(this.#callers, KNOWN_WORDS);
    const outcome = this.#outcomeOf(session, use === null ? part.skip : null);
    this.#callers.set([outcome + 1, use ?? NONE, person ?? NONE, part.did, this.#accountOf(part.account)], at);
  }

  /** Takes rows up to one that is to be looked at, which it returns, or the end. `only`: the account of those to be taken. */
  take(from: number, end: number, only: string | null): number {
    const account = only === null ? NONE : this.#accountOf(only);
    let at = from;
    while (at < end && this.#takeRow(at, account)) at += ROW_WORDS;
    return at;
  }

  /** Adds up the rows taken since, and begins again. */
  takeCounts(onOutcome: (session: Session, skip: Skip | null, rows: number) => void): void {
    for (const outcome of this.#outcomes) {
      if (outcome.rows > 0) onOutcome(outcome.session, outcome.skip, outcome.rows);
      outcome.rows = 0;
    }
  }

  #takeRow(at: number, account: number): boolean {
    const { words } = this.#scanner;
    const id = words[at + Column.caller] ?? NONE;
    const flags = words[at + Column.flags] ?? 0;
    if (id < 0 || (flags & RowFlag.mayBePerson) !== 0) return false;
    const call = this.#calls[words[at + Column.call] ?? 0];
    if (!call || this.#isOdd(at, call, flags)) return false;
    const caller = placeOf(id, flags);
    if (account !== NONE && this.#callers[caller + Known.account] !== account) return false;
    // Records of callers without sightings may not be relevant.
    const isRelevant = (flags & RowFlag.isRelevant) !== 0 || this.#callers[caller + Known.use] !== NONE;
    return isRelevant && this.#takeKnown(at, caller, call);
  }

  #takeKnown(at: number, caller: number, call: number): boolean {
    const callers = this.#callers;
    const outcome = this.#outcomes[(callers[caller + Known.outcome] ?? 0) - 1];
    if (!outcome) return false;
    outcome.rows += 1;
    const { words } = this.#scanner;
    const person = callers[caller + Known.person] ?? NONE;
    if (person !== NONE) this.#people.see(person, words[at + Column.time] ?? 0, words, at + Column.eventId);
    const use = callers[caller + Known.use] ?? NONE;
    const did = (callers[caller + Known.did] ?? 0) | (call >> DID_SHIFT);
    if (use !== NONE) this.#table.add(use, at + Column.time, did);
    return true;
  }

  /** As in `LogFileFacts`, or longer than what surely fits. */
  #isOdd(at: number, call: number, flags: number): boolean {
    if ((call & IS_PRESIGNABLE) !== 0 && (flags & RowFlag.mayBePresigned) !== 0) return true;
    const { words } = this.#scanner;
    const length = (words[at + Column.end] ?? 0) - (words[at + Column.begin] ?? 0);
    return length > LONGEST_RECORD || isInFuture((words[at + Column.time] ?? 0) * 1_000, this.#now);
  }

  #outcomeOf(session: Session, skip: Skip | null): number {
    const known = this.#outcomes.findIndex((one) => one.session === session && one.skip === skip);
    return known < 0 ? this.#outcomes.push({ session, skip, rows: 0 }) - 1 : known;
  }

  #accountOf(account: string): number {
    const known = this.#accounts.indexOf(account);
    return known < 0 ? this.#accounts.push(account) - 1 : known;
  }
}

/** Identities that stand alone have ids of their own. */
function placeOf(id: number, flags: number): number {
  return (2 * id + Number((flags & RowFlag.noSession) !== 0)) * KNOWN_WORDS;
}
