import type { Caller } from '../detection/facts/facts';
import type { SightingTable } from '../detection/facts/sighting-table';
import { field, isJsonObject, parsedJson, type JsonObject } from '../detection/model/json-field';
import type { WorkloadKind } from '../detection/model/workload-kind';
import {
  neutralRecord,
  publicSourceOf,
  readCallerPart,
  type CallerPart,
  type PublicSource,
} from '../detection/records/read-parts';
import type { Source } from '../detection/model/origin';
import { Column, RowFlag, type LogFileScanner } from '../trail-files/log-file-scanner';
import { PeopleSeen, type PersonSeen } from './people-seen';
import { isKnownRelevant } from './scanned-records';

/** CloudTrail writes `sessionContext` in all records of role sessions; null for other records. */
export type Session = 'whole' | 'reduced' | null;

/** A caller that the scanner interned; null: its records are read one by one. */
export type InternedCaller = {
  readonly part: CallerPart;
  readonly session: Session;
  readonly person: PersonSeen | null;
  /** Its number in the table; null for those that make no sightings. */
  readonly use: number | null;
} | null;

/** What callers that differ in their access keys alone have in common. */
interface Place {
  readonly part: CallerPart;
  readonly source: Source | null;
  readonly person: PersonSeen | null;
  /** Of the table. */
  readonly sample: number;
}

/** An identity, whatever its key. */
interface Shape {
  /** One of its records. */
  readonly record: JsonObject | null;
  readonly session: Session;
  /** The record's key. */
  readonly key: string | null;
  /** By origin, all public addresses being one. */
  readonly read: Map<string, CallerPart | null>;
  /** By the members that show an origin. */
  readonly places: Map<string, Place | null>;
}

/** From where callers call. */
interface Origin {
  readonly members: string;
  readonly record: JsonObject | null;
  readonly publicSource: PublicSource | null;
}

/** Each keeps a record of some hundred bytes. */
const MOST_SHAPES = 4_000;

/** Instead of the members that show an origin. */
const PUBLIC = 'public';
const NO_ORIGIN: Origin = { members: '', record: {}, publicSource: null };

/** The callers of a scanner's rows. A session is read once for all its access keys and public addresses. */
export class InternedCallers {
  readonly #scanner: LogFileScanner;
  readonly #table: SightingTable;
  readonly #kinds: readonly WorkloadKind[];
  readonly #callers: (InternedCaller | undefined)[] = [];
  /** Identities that are no sessions, of records that mention one. */
  readonly #others: (InternedCaller | undefined)[] = [];
  #identities: ({ readonly shape: Shape; readonly key: string | null } | undefined)[] = [];
  readonly #shapes = new Map<string, Shape>();
  readonly #origins = new Map<string, Origin>();
  readonly #people = new PeopleSeen();

  constructor(scanner: LogFileScanner, table: SightingTable, kinds: readonly WorkloadKind[]) {
    this.#scanner = scanner;
    this.#table = table;
    this.#kinds = kinds;
  }

  /** The caller of the row at a word; null where the record is read whole. */
  of(row: number, flags: number): InternedCaller {
    const isIdentity = (flags & (RowFlag.noSession | RowFlag.mayBePerson)) === RowFlag.noSession;
    const caller = this.#callerOf(this.#scanner.words[row + Column.caller] ?? 0, isIdentity);
    return caller && caller.use === null && !isSkippedUnseen(caller.part, flags) ? null : caller;
  }

  /** The id is of an identity alone where `isIdentity`. */
  #callerOf(id: number, isIdentity: boolean): InternedCaller {
    const known = isIdentity ? this.#others : this.#callers;
    const found = known[id];
    if (found !== undefined) return found;
    const { identity, origin } = isIdentity ? { identity: id, origin: '' } : this.#scanner.caller(id);
    return (known[id] = this.#read(identity, isIdentity ? NO_ORIGIN : this.#originOf(origin)));
  }

  #read(identity: number, origin: Origin): InternedCaller {
    const { shape, key } = (this.#identities[identity] ??= this.#identityOf(identity));
    let place = shape.places.get(origin.members);
    if (place === undefined) {
      place = this.#placeOf(shape, origin);
      shape.places.set(origin.members, place);
    }
    if (!place) return null;
    const { part, source, person, sample } = place;
    const use = part.caller && source && this.#table.addCaller(callerAt(part.caller, source, shape.key, key), sample);
    return { part, session: shape.session, person, use };
  }

  #identityOf(id: number): { shape: Shape; key: string | null } {
    const members = this.#scanner.identity(id);
    const { text, key } = withoutKey(members);
    const known = this.#shapes.get(text);
    if (known) return { shape: known, key };
    this.#makeRoom();
    const record = neutralRecord(members);
    const shape = { record, session: sessionOf(record), key, read: new Map(), places: new Map() };
    this.#shapes.set(text, shape);
    return { shape, key };
  }

  /** What is forgotten is read again for further callers. */
  #makeRoom(): void {
    if (this.#shapes.size < MOST_SHAPES) return;
    this.#shapes.clear();
    this.#identities = [];
    this.#origins.clear();
  }

  #placeOf(shape: Shape, origin: Origin): Place | null {
    const part = this.#partOf(shape, origin);
    if (!part) return null;
    const { caller, person } = part;
    const from = origin.publicSource;
    const source = from ?? caller?.source ?? null;
    return {
      part,
      source,
      person: person && this.#people.add(from ? { ...person, address: from.ip } : person),
      sample: caller && source ? this.#table.sampleOf(callerAt(caller, source, null, null)) : 0,
    };
  }

  #partOf({ record, read }: Shape, origin: Origin): CallerPart | null {
    const name = origin.publicSource ? PUBLIC : origin.members;
    let part = read.get(name);
    if (part === undefined) {
      part = record && origin.record && readCallerPart({ ...record, ...origin.record }, this.#kinds);
      read.set(name, part);
    }
    return part;
  }

  #originOf(members: string): Origin {
    let origin = this.#origins.get(members);
    if (origin === undefined) {
      const record = parsedObject(`{${members}}`);
      origin = { members, record, publicSource: record && publicSourceOf(record) };
      this.#origins.set(members, origin);
    }
    return origin;
  }
}

/** The caller at a source. Where it shows one of the keys, it gets the other. One literal instead of spreads, for speed. */
function callerAt(caller: Caller, source: Source, from: string | null, to: string | null): Caller {
  const { sessionArn, accessKeyId, workload, shown, delivery, legacy, region } = caller;
  const key = accessKeyId === from ? to : accessKeyId;
  return { sessionArn, accessKeyId: key, workload, shown, delivery, legacy, source, region };
}

function parsedObject(text: string): JsonObject | null {
  const value = parsedJson(text);
  return isJsonObject(value) ? value : null;
}

const KEY_NAME = 'accessKeyId';
const KEY_MEMBER = `"${KEY_NAME}":"`;
const CREATED_MEMBER = '"creationDate":"';
/** Marks a text without its key: members begin otherwise. */
const CUT = '-';
const KEY = /^[A-Z0-9]+$/;
const TIME = /^[\dTZ:.-]*$/;

/**
 * The members of an identity without its access key, and without the time its session began, which is not read. Without
 * escapes, a quoted name is a member's. The only key may be another object's: the caller that is read shows.
 */
function withoutKey(members: string): { readonly text: string; readonly key: string | null } {
  const key = valueIn(members, KEY_MEMBER, KEY);
  if (!key || members.includes('\\') || members.indexOf(KEY_NAME) !== members.lastIndexOf(KEY_NAME))
    return { text: members, key: null };
  const created = valueIn(members, CREATED_MEMBER, TIME, key.to);
  const rest = created ? members.slice(key.to, created.from) + members.slice(created.to) : members.slice(key.to);
  return { text: `${CUT}${members.slice(0, key.from)}${rest}`, key: copied(members.slice(key.from, key.to)) };
}

/** A slice would keep all members. */
function copied(slice: string): string {
  return Buffer.from(slice, 'latin1').toString('latin1');
}

function valueIn(members: string, member: string, form: RegExp, after = 0): { from: number; to: number } | null {
  const at = members.indexOf(member, after);
  if (at < 0) return null;
  const from = at + member.length;
  const to = members.indexOf('"', from);
  return to > 0 && form.test(members.slice(from, to)) ? { from, to } : null;
}

export function sessionOf(record: unknown): Session {
  const identity = field(record, 'userIdentity');
  if (field(identity, 'type') !== 'AssumedRole') return null;
  return isJsonObject(field(identity, 'sessionContext')) ? 'whole' : 'reduced';
}

/** True where the reason is the whole answer: the record is relevant, and no example of it is needed. */
function isSkippedUnseen({ skip }: Pick<CallerPart, 'skip'>, flags: number): boolean {
  return isKnownRelevant(flags) && skip !== 'session-without-address';
}
