import { isAscii } from 'node:buffer';
import { anyMemberList, firstMemberList, memberList, scalarEnd, skipSeparators } from './json-outline';
import { objectEnd } from './object-end';
import { RelevanceFinder, relevanceOf, type Relevance } from './relevant-record';
import { SkipCounts, type SkipReason, type TrailReading } from './trail-reading';
import { parseJson, unwrap, type Unwrapped } from './unwrap';

/** Bytes made a text at once: short enough to stay in the processor's cache and V8's young generation. */
const PIECE = 64 * 1024;
/** An object that is longer is no record (CloudTrail's stay below 1 MB), or one that lost its end. */
const LONGEST_OBJECT = 4 * 1024 * 1024;
/** A file with more is given up. */
const MOST_MALFORMED = 1000;
const DEEPEST = 64;
/** A token or a record's first member that is cut by the end of a piece is shorter. */
const CUT_TOKEN = 64;

const FIRST_MEMBER = /[\s,]*\{\s*"[^"\\]{1,40}"\s*:/y;
/** Where a record begins after a broken one: by its usual first field, or on a line of its own. */
const NEXT_RECORD = /\{\s*"eventVersion"\s*:|(?<=\n)\{/g;
const LIKE_A_TRAIL = /"(?:eventVersion|eventName|Records|CloudTrailEvent|logEvents)"/;
const OTHER_TYPE = /\s*:\s*"(AwsCloudTrailInsight|AwsAggregatedEvent|AwsVpceEvent)"/y;
const OTHER_TYPES: Readonly<Record<string, SkipReason>> = {
  AwsCloudTrailInsight: 'insight',
  AwsAggregatedEvent: 'aggregated',
  AwsVpceEvent: 'network-activity',
};

/** `list`: between the values of an array; `members`: between the members of an object that holds such an array. */
type Frame = 'list' | 'members';

const NOTHING: Buffer = Buffer.alloc(0);

/** Instead of a position: what begins there does not end in this piece. */
const UNFINISHED = -1;

/** A part of the stream, as bytes and as a text in which every byte is one character. */
class Piece {
  readonly text: string;
  relevance: RelevanceFinder;
  readonly #ascii: boolean;

  constructor(
    readonly bytes: Buffer,
    /** Nothing follows it. */
    readonly last: boolean,
  ) {
    this.text = bytes.toString('latin1');
    this.#ascii = isAscii(bytes);
    this.relevance = new RelevanceFinder(this.text);
  }

  parse(from: number, to: number): unknown {
    return parseJson(this.#ascii ? this.text.slice(from, to) : this.bytes.toString('utf8', from, to));
  }
}

/**
 * Finds the CloudTrail records in a stream of JSON that comes in chunks cut anywhere, and hands on, parsed, those that
 * may matter. Wrappers are recognised by what they hold (see `unwrap`); values may follow each other with anything or
 * nothing between them. Memory stays at a few chunks. Throws nothing but what `onRecord` throws.
 */
export class RecordScanner {
  readonly #onRecord: (record: unknown) => void;
  readonly #skipped = new SkipCounts();
  readonly #frames: Frame[] = [];
  readonly #into: Unwrapped = {
    record: (record) => this.#handOn(record),
    skip: (reason) => this.#skip(reason),
  };
  #rest: Buffer = NOTHING;
  /** Bytes read before the piece at hand. */
  #offset = 0;
  #handedOn = 0;
  #notRelevant = 0;
  #malformed = 0;
  #firstMalformed = 0;
  #empty = true;
  /** Something of CloudTrail was seen: from there on, what cannot be read is a fault. */
  #began = false;
  #closed = false;
  /** Searching for the next record after a broken one. */
  #lost = false;
  /** How records end and begin here, such as `},{"eventVersion":`; empty while not known. */
  #border = '';

  constructor(onRecord: (record: unknown) => void) {
    this.#onRecord = onRecord;
  }

  /** True when nothing that follows can matter and the rest need not be read. */
  get closed(): boolean {
    return this.#closed;
  }

  push(chunk: Buffer): void {
    let at = 0;
    // What was left unfinished ends in the first bytes of the chunk, as a rule: only those are copied.
    for (let size = PIECE / 4; this.#rest.length > 0 && !this.#closed; size *= 4) {
      const left = this.#rest.length;
      const read = this.#read(Buffer.concat([this.#rest, chunk.subarray(at, at + size)]), false);
      at = read < left ? at + size : at + read - left;
      if (read >= left) this.#rest = NOTHING;
      if (at >= chunk.length) return;
    }
    if (!this.#closed) this.#read(chunk.subarray(at), false);
  }

  /** Ends the stream. `fault` says why it ended early, for people, and explains whatever is missing at its end. */
  finish(fault: string | null): TrailReading {
    if (!this.#closed && fault === null) this.#read(this.#rest, true);
    if (this.#empty && this.#rest.length === 0 && fault === null) this.#skip('empty');
    if (this.#notRelevant > 0) this.#skipped.count('not-relevant', this.#notRelevant);
    return {
      records: this.#handedOn + this.#notRelevant,
      skipped: this.#skipped,
      problem: this.#problems(fault).join('; ') || null,
    };
  }

  #problems(fault: string | null): string[] {
    const problems = fault === null ? [] : [fault];
    const count = this.#malformed;
    if (count === 1) problems.push(`a malformed record at byte ${this.#firstMalformed}`);
    if (count > 1) problems.push(`${count} malformed records, the first at byte ${this.#firstMalformed}`);
    if (count > MOST_MALFORMED) problems.push('given up');
    else if (fault === null && this.#began && this.#frames.length > 0) problems.push('the JSON breaks off');
    return problems;
  }

  /** Reads the values that end in `bytes` and keeps the rest; returns how far it came. */
  #read(bytes: Buffer, last: boolean): number {
    let at = 0;
    let size = PIECE;
    while (at < bytes.length && !this.#closed) {
      const end = Math.min(bytes.length, at + size);
      const read = this.#readPiece(new Piece(bytes.subarray(at, end), last && end === bytes.length));
      at += read;
      this.#offset += read;
      if (read === 0 && end === bytes.length) break;
      size = read === 0 ? size * 4 : PIECE;
    }
    this.#rest = bytes.subarray(at);
    return at;
  }

  /** Reads the values that end in the piece; returns how far that is. */
  #readPiece(piece: Piece): number {
    let at = this.#lost ? this.#findNext(piece, 0) : 0;
    while (!this.#closed && !this.#lost) {
      at = skipSeparators(piece.text, at);
      if (at >= piece.text.length) break;
      this.#empty = false;
      const next = this.#readValue(piece, at);
      if (next === UNFINISHED) break;
      at = next;
    }
    return at;
  }

  #readValue(piece: Piece, at: number): number {
    const frame = this.#frames.at(-1);
    switch (piece.text[at]) {
      case '{':
        return frame === 'members' ? this.#passObject(piece, at) : this.#readObject(piece, at);
      case '[':
        return this.#enter(at + 1, 'list');
      case ']':
        return frame === 'list' ? this.#leave(at) : this.#garbage(piece, at);
      case '}':
        return frame === 'members' ? this.#leave(at) : this.#garbage(piece, at);
      default:
        return this.#readOther(piece, at);
    }
  }

  #readObject(piece: Piece, at: number): number {
    const { text } = piece;
    const list = firstMemberList(text, at);
    if (list > 0) return this.#enterWrapper(list);
    // The next border most likely ends this record. For those that are parsed anyway the parser proves it.
    const guess = this.#border === '' ? 0 : text.indexOf(this.#border, at) + 1;
    const guessed = guess > 0 ? piece.relevance.look(at, guess) : null;
    if (guessed === 'matters') {
      const value = piece.parse(at, guess);
      if (value !== undefined) return this.#take(value, guess);
    }
    const end = objectEnd(piece.bytes, text, at);
    if (end < 0) return this.#unfinished(piece, at);
    if (end === guess && guessed) return this.#takeText(piece, { at, end, relevance: guessed });
    return this.#readUnguessed(piece, at, end);
  }

  #readUnguessed(piece: Piece, at: number, end: number): number {
    const { text } = piece;
    FIRST_MEMBER.lastIndex = end;
    const next = FIRST_MEMBER.exec(text);
    if (next) this.#border = `}${next[0]}`;
    piece.relevance = new RelevanceFinder(text);
    return this.#takeText(piece, { at, end, relevance: relevanceOf(text.slice(at, end)) });
  }

  #takeText(piece: Piece, object: { readonly at: number; readonly end: number; readonly relevance: Relevance }): number {
    const { at, end, relevance } = object;
    if (relevance === 'irrelevant') {
      this.#skip(kindOf(piece.text.slice(at, end)));
      return end;
    }
    const value = piece.parse(at, end);
    if (value !== undefined) return this.#take(value, end);
    if (!this.#isTrail(piece, at)) return this.#close(piece);
    this.#countMalformed(at);
    return Math.min(end, this.#findNext(piece, at + 1));
  }

  #take(value: unknown, end: number): number {
    unwrap(value, this.#into);
    return end;
  }

  /** A member nobody asked for, beside a wrapper's list. */
  #passObject(piece: Piece, at: number): number {
    const end = objectEnd(piece.bytes, piece.text, at);
    return end < 0 ? this.#unfinished(piece, at) : end;
  }

  #readOther(piece: Piece, at: number): number {
    if (!this.#began) return this.#close(piece);
    const { text } = piece;
    const frame = this.#frames.at(-1);
    if (frame === undefined) return this.#garbage(piece, at);
    if (frame === 'members' && text[at] === ':') return at + 1;
    const list = frame === 'members' ? memberList(text, at) : -1;
    if (list > 0) return this.#enter(list, 'list');
    const end = scalarEnd(text, at);
    const cut = !piece.last && (text[at] === '"' || text.length - at < CUT_TOKEN);
    if (end < 0) return cut && text.length - at <= LONGEST_OBJECT ? UNFINISHED : this.#garbage(piece, at);
    if (frame === 'list') this.#skip('not-cloudtrail');
    return end;
  }

  #enterWrapper(list: number): number {
    this.#began = true;
    this.#frames.push('members');
    return this.#enter(list, 'list');
  }

  #enter(next: number, frame: Frame): number {
    if (this.#frames.length < DEEPEST) this.#frames.push(frame);
    else this.#giveUp();
    return next;
  }

  #leave(at: number): number {
    this.#frames.pop();
    return at + 1;
  }

  /** An object that does not end in the piece: there is more to come, or a wrapper to go into, or its end is lost. */
  #unfinished(piece: Piece, at: number): number {
    const { text, last } = piece;
    const length = text.length - at;
    if ((last || length >= PIECE) && this.#frames.at(-1) !== 'members') {
      const list = anyMemberList(text, at);
      if (list > 0) return this.#enterWrapper(list);
    }
    if (!last && length <= LONGEST_OBJECT) return UNFINISHED;
    return this.#isTrail(piece, at) ? this.#garbage(piece, at) : this.#close(piece);
  }

  #isTrail(piece: Piece, at: number): boolean {
    this.#began ||= LIKE_A_TRAIL.test(piece.text.slice(at, at + PIECE));
    return this.#began;
  }

  #garbage(piece: Piece, at: number): number {
    if (!this.#began) return this.#close(piece);
    this.#countMalformed(at);
    return this.#findNext(piece, at + 1);
  }

  #findNext(piece: Piece, from: number): number {
    const { text, last } = piece;
    NEXT_RECORD.lastIndex = from;
    const found = NEXT_RECORD.exec(text);
    this.#lost = found === null;
    if (found) return found.index;
    return last ? text.length : Math.max(from, text.length - CUT_TOKEN);
  }

  #close(piece: Piece): number {
    this.#giveUp();
    return piece.text.length;
  }

  #giveUp(): void {
    this.#skip('not-cloudtrail');
    this.#closed = true;
  }

  #countMalformed(at: number): void {
    if (this.#malformed === 0) this.#firstMalformed = this.#offset + at;
    this.#malformed += 1;
    this.#skip('malformed-record');
    if (this.#malformed > MOST_MALFORMED) this.#closed = true;
  }

  #handOn(record: unknown): void {
    this.#began = true;
    this.#handedOn += 1;
    this.#onRecord(record);
  }

  #skip(reason: SkipReason): void {
    if (reason !== 'not-cloudtrail' && reason !== 'empty') this.#began = true;
    if (reason === 'not-relevant') this.#notRelevant += 1;
    else this.#skipped.count(reason);
  }
}

/** What a record that does not matter is counted as; its `eventType` stands near its end. */
function kindOf(record: string): SkipReason {
  OTHER_TYPE.lastIndex = record.lastIndexOf('"eventType"') + '"eventType"'.length;
  const type = OTHER_TYPE.exec(record)?.[1];
  return (type === undefined ? undefined : OTHER_TYPES[type]) ?? 'not-relevant';
}
