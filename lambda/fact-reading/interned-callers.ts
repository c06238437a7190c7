import type { Caller } from '../detection/facts/facts';
import type { SightingTable, TablePlace } from '../detection/facts/sighting-table';
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
import type { PeopleSeen } from './people-seen';
import { isKnownRelevant } from './scanned-records';

/** CloudTrail writes `sessionContext` in all records of role sessions; null for other records. */
export type Session = 'whole' | 'reduced' | null;

/** A caller that the scanner interned; null: its records are read one by one. */
export type InternedCaller = {
  readonly part: CallerPart;
  readonly session: Session;
  /** The number of the person whose calls they are. */
  readonly person: number | null;
  /** Its number in the table; null for those that make no sightings. */
  readonly use: number | null;
} | null;

/** What callers that differ in their access keys alone have in common. */
interface Place {
  readonly part: CallerPart;
  readonly person: number | null;
  /** Of the table; null for those that make no sightings. */
  readonly seenAt: TablePlace | null;
}

/** An identity, whatever its key. */
interface Shape {
  /** One of its records. */
  readonly record: JsonObject | null;
  readonly session: Session;
  /** The record's key. */
  readonly key: string | null;
  /** At all public addresses; undefined until one is seen. */
  atPublic: CallerPart | null | undefined;
  /** By the scanner's number of the origin. */
  readonly places: Map<number, Place | null>;
}

/** From where callers call. */
interface Origin {
  readonly record: JsonObject | null;
  readonly publicSource: PublicSource | null;
}

/** Each keeps a record of some hundred bytes. */
const MOST_SHAPES = 4_000;

const NO_ORIGIN: Origin = { record: {}, publicSource: null };
/** Instead of the scanner's number of an origin. */
const NOWHERE = -1;

/** The callers of a scanner's rows. A session is read once for all its access keys and public addresses. */
export class InternedCallers {
  readonly #scanner: LogFileScanner;
  readonly #table: SightingTable;
  readonly #kinds: readonly WorkloadKind[];
  readonly #callers: (InternedCaller | undefined)[] = [];
  /** Identities that are no sessions, of records that mention one. */
  readonly #others: (InternedCaller | undefined)[] = [];
  /** By the scanner's numbers. */
  readonly #shapes = new Map<number, Shape>();
  readonly #origins = new Map<number, Origin>();
  readonly #people: PeopleSeen;

  constructor(scanner: LogFileScanner, table: SightingTable, people: PeopleSeen, kinds: readonly WorkloadKind[]) {
    this.#scanner = scanner;
    this.#table = table;
    this.#people = people;
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
    return (known[id] = isIdentity ? this.#read(id, NOWHERE) : this.#read(this.#scanner.identityOf(id), id));
  }

  #read(identity: number, caller: number): InternedCaller {
    const number = this.#scanner.shapeOf(identity);
    const shape = this.#shapes.get(number) ?? this.#shapeAs(number, identity);
    const from = caller === NOWHERE ? NOWHERE : this.#scanner.originOf(caller);
    let place = shape.places.get(from);
    if (place === undefined) {
      place = this.#placeOf(shape, from === NOWHERE ? NO_ORIGIN : this.#originAt(from));
      shape.places.set(from, place);
    }
    if (!place) return null;
    const { part, person, seenAt } = place;
    return { part, session: shape.session, person, use: seenAt && this.#use(seenAt, shape, identity) };
  }

  /** Where the place shows the key of the shape's record, the caller gets its own. */
  #use(seenAt: TablePlace, { key }: Shape, identity: number): number {
    const { accessKeyId } = seenAt.caller;
    return this.#table.addKey(seenAt, accessKeyId === key ? this.#scanner.keyOf(identity) : accessKeyId);
  }

  #shapeAs(number: number, identity: number): Shape {
    this.#makeRoom();
    const record = neutralRecord(this.#scanner.identity(identity));
    const key = this.#scanner.keyOf(identity);
    const shape = { record, session: sessionOf(record), key, atPublic: undefined, places: new Map() };
    this.#shapes.set(number, shape);
    return shape;
  }

  /** What is forgotten is read again for further callers. */
  #makeRoom(): void {
    if (this.#shapes.size < MOST_SHAPES) return;
    this.#shapes.clear();
    this.#origins.clear();
  }

  #placeOf(shape: Shape, origin: Origin): Place | null {
    const part = this.#partOf(shape, origin);
    if (!part) return null;
    const { caller, person } = part;
    const from = origin.publicSource;
    return {
      part,
      person: person && this.#people.add(from ? { ...person, address: from.ip } : person),
      seenAt: caller && this.#table.placeOf(from ? callerAt(caller, from) : caller),
    };
  }

  #partOf(shape: Shape, { record, publicSource }: Origin): CallerPart | null {
    const part = publicSource ? shape.atPublic : undefined;
    if (part !== undefined) return part;
    const read = shape.record && record && readCallerPart({ ...shape.record, ...record }, this.#kinds);
    if (publicSource) shape.atPublic = read;
    return read;
  }

  #originAt(number: number): Origin {
    const known = this.#origins.get(number);
    if (known) return known;
    const record = parsedObject(`{${this.#scanner.origin(number)}}`);
    const origin = { record, publicSource: record && publicSourceOf(record) };
    this.#origins.set(number, origin);
    return origin;
  }
}

/** The caller at another source. One literal instead of spreads, for speed. */
function callerAt(caller: Caller, source: Source): Caller {
  const { sessionArn, accessKeyId, workload, shown, delivery, legacy, region } = caller;
  return { sessionArn, accessKeyId, workload, shown, delivery, legacy, source, region };
}

function parsedObject(text: string): JsonObject | null {
  const value = parsedJson(text);
  return isJsonObject(value) ? value : null;
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
