import { Frames, type Frame } from './frames';
import { anyMemberList, firstMemberList, memberList, scalarEnd, skipSeparators } from './json-outline';
import { listEnd, objectEnd } from './object-end';
import { Piece, UNFINISHED } from './piece';
import type { OtherReaders } from './other-readers';
import { RecordBorder } from './record-border';
import { RecordRuns, type OpenStream, type RecordRun } from './record-runs';
import { RelevanceFinder, relevanceOf, type Relevance } from './relevant-record';
import { irrelevantKind } from './irrelevant-kind';
import type { TrailReading } from './trail-reading';
import {
  CUT_TOKEN,
  hasMember,
  hasTrailWord,
  isLikeRecord,
  longestObject,
  mayContinue,
  mayHoldRecord,
  mayOpenValue,
  nextRecord,
  nextValue,
  opensValue,
} from './value-borders';
import { TrailTally } from './trail-tally';
import { unwrap, type RecordForm } from './unwrap';

/** Bytes made a text at once: short enough to stay in the processor's cache and V8's young generation. */
const PIECE = 64 * 1024;

const NOTHING: Buffer = Buffer.alloc(0);

/**
 * Finds the CloudTrail records in a stream of JSON that comes in chunks cut anywhere, and passes on, parsed, those that
 * may matter. Wrappers are recognised by what they hold (see `unwrap`); values may follow each other with anything or
 * nothing between them. Memory stays at a few chunks. Throws nothing but what `onRecord` throws.
 */
export class RecordScanner implements OpenStream {
  readonly #tally: TrailTally;
  readonly #forms: readonly RecordForm[];
  readonly #runs: RecordRuns;
  readonly #frames = new Frames();
  #rest: Buffer = NOTHING;
  /** Bytes read before the piece at hand. */
  #offset = 0;
  #empty = true;
  #closed = false;
  /** Searching for the next record after a broken one, or for the next value in other text. */
  #lost: 'in-record' | 'in-text' | null = null;
  readonly #border = new RecordBorder();

  constructor(onRecord: (record: unknown) => void, { forms = [], audit = null, runs = null }: OtherReaders) {
    this.#forms = forms;
    this.#tally = new TrailTally(onRecord, audit);
    this.#runs = new RecordRuns(runs);
  }

  /** True when nothing that follows can matter and the rest need not be read. */
  get closed(): boolean {
    return this.#closed;
  }

  get offset(): number {
    return this.#offset;
  }

  takeRest(): Buffer | null {
    if (this.#closed || this.#lost !== null || !this.#frames.areAtValue || !this.#runs.isOpen) return null;
    const rest = this.#rest;
    this.#rest = NOTHING;
    return rest;
  }

  pass(run: RecordRun): void {
    this.#offset += run.end;
    this.#tally.run(run);
  }

  push(chunk: Buffer): void {
    let at = 0;
    // The unfinished rest usually ends in the first bytes of the chunk: only those are copied.
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
    this.#tally.isFaulty = fault !== null;
    if (!this.#closed) this.#read(this.#rest, true);
    if (this.#empty && !this.#tally.began && fault === null) this.#tally.skip('empty');
    return this.#tally.reading(fault, this.#frames.depth > 0);
  }

  /** Reads the values that end in `bytes` and keeps the rest; returns how far it came. */
  #read(bytes: Buffer, last: boolean): number {
    let at = 0;
    let size = PIECE;
    while (at < bytes.length && !this.#closed) {
      at += this.#takeRun(bytes.subarray(at));
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

  #takeRun(bytes: Buffer): number {
    if (this.#lost !== null || !this.#frames.areAtValue) return 0;
    const taken = this.#runs.take(bytes, this.#offset, this.#tally);
    this.#offset += taken;
    return taken;
  }

  /** Reads the values that end in the piece, at most to where a list, and so a run, may begin; returns how far that is. */
  #readPiece(piece: Piece): number {
    const depth = this.#frames.depth;
    let at = this.#lost === null ? 0 : this.#findNext(piece, 0, this.#lost);
    while (!this.#closed && this.#lost === null && this.#frames.depth <= depth) {
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
    const frame = this.#frames.innermost;
    if (frame === undefined && !opensValue(piece.text, at)) return this.#passText(piece, at);
    switch (piece.text[at]) {
      case '{':
        return frame === 'members' ? this.#passObject(piece, at) : this.#readObject(piece, at);
      case '[':
        return this.#readList(piece, at, frame);
      case ']':
        return frame === 'list' ? this.#leave(at) : this.#garbage(piece, at);
      case '}':
        return frame === 'members' || frame === 'any' ? this.#leave(at) : this.#garbage(piece, at);
      default:
        return this.#readScalar(piece, at, frame);
    }
  }

  #readObject(piece: Piece, at: number): number {
    const { text } = piece;
    const first = firstMemberList(text, at);
    if (first > 0) return this.#enterWrapper(first);
    const ofCluster = this.#tally.takeClusterLines(piece, at);
    if (ofCluster !== null) return ofCluster;
    // The next border most likely ends this record. For those that are parsed anyway the parser proves it.
    const guess = this.#border.firstFrom(text, at);
    const guessed = guess > 0 ? piece.relevance.look(at, guess) : null;
    if (guessed === 'matters' && this.#listIn(piece, at, guess) < 0) {
      const value = piece.parse(at, guess);
      if (value !== undefined) return this.#take(value, at, guess);
    }
    const end = objectEnd(piece.bytes, text, at);
    if (end < 0) return this.#unfinished(piece, at);
    const list = this.#listIn(piece, at, end);
    if (list > 0) return this.#enterWrapper(list);
    if (end === guess && guessed) return this.#takeText(piece, at, end, guessed);
    this.#border.learn(text, end);
    piece.relevance = new RelevanceFinder(text);
    return this.#takeText(piece, at, end, relevanceOf(text.slice(at, end)));
  }

  /** Any object may be a wrapper, whatever it begins with, except in the list of a wrapper. */
  #listIn(piece: Piece, from: number, to: number): number {
    return this.#frames.areInWrapper ? -1 : piece.listIn(from, to);
  }

  #takeText(piece: Piece, at: number, end: number, relevance: Relevance): number {
    if (relevance === 'irrelevant') {
      this.#tally.skip(irrelevantKind(piece.text.slice(at, end)));
      return end;
    }
    const value = piece.parse(at, end);
    if (value !== undefined) return this.#take(value, at, end);
    // The records that follow a broken one may stand inside its braces.
    const next = this.#brokenObject(piece, at);
    if (next < end) return next;
    this.#lost = null;
    return end;
  }

  #take(value: unknown, at: number, end: number): number {
    this.#tally.at = this.#offset + at;
    unwrap(value, this.#tally, this.#forms);
    return end;
  }

  /** A list in a list may be a row, which is read at once; any other is entered. */
  #readList(piece: Piece, at: number, frame: Frame | undefined): number {
    const end = frame === 'list' ? listEnd(piece.bytes, at) : -1;
    if (frame === 'list' && end < 0 && !piece.last && piece.text.length - at <= PIECE) return UNFINISHED;
    const value = end < 0 ? undefined : piece.parse(at, end);
    return value === undefined ? this.#enter(at + 1, 'list') : this.#take(value, at, end);
  }

  /** Text around values, such as the time stamp before each: passed over, unless it looks like a piece of a record. */
  #passText(piece: Piece, at: number): number {
    const { text, last } = piece;
    if (!last && mayOpenValue(text, at)) return UNFINISHED;
    const next = nextValue(text, at + 1);
    const between = text.slice(at, next < 0 ? text.length : next);
    if (this.#tally.began && hasMember(between)) return this.#garbage(piece, at);
    this.#tally.sawText();
    return this.#findNext(piece, at + 1, 'in-text');
  }

  /** Skips an object beside a wrapper's list. */
  #passObject(piece: Piece, at: number, end = objectEnd(piece.bytes, piece.text, at)): number {
    return end < 0 ? this.#unfinished(piece, at) : end;
  }

  /** A string or literal: by itself or in a list it is a value of its own, among members a key or its value. */
  #readScalar(piece: Piece, at: number, frame: Frame | undefined): number {
    const { text } = piece;
    if (frame !== 'list' && text[at] === ':') return at + 1;
    const list = frame === 'members' ? memberList(text, at) : -1;
    if (list > 0) return this.#enter(list, 'list');
    const end = scalarEnd(text, at);
    if (end < 0) return !piece.last && mayContinue(text, at) ? UNFINISHED : this.#garbage(piece, at);
    if (frame !== 'members') this.#readString(piece, at, end, frame);
    return end;
  }

  #readString(piece: Piece, at: number, end: number, frame: Frame | undefined): void {
    const holdsRecord = piece.text[at] === '"' && mayHoldRecord(piece.text.slice(at, end));
    const value = holdsRecord ? piece.parse(at, end) : undefined;
    if (typeof value === 'string') this.#take(value, at, end);
    else if (frame === 'list') this.#tally.skip('not-cloudtrail');
    else if (frame === undefined) this.#tally.sawText();
  }

  #enterWrapper(list: number): number {
    this.#tally.begin();
    this.#frames.enter('members');
    return this.#enter(list, 'list');
  }

  #enter(next: number, frame: Frame): number {
    if (this.#frames.areTooDeep) {
      this.#tally.skip('not-cloudtrail');
      this.#closed = true;
    }
    if (frame === 'any') this.#tally.isInLongValue = true;
    this.#frames.enter(frame);
    return next;
  }

  #leave(at: number): number {
    this.#frames.leave();
    return at + 1;
  }

  /** An object that does not end in the piece: there is more to come, or a wrapper to go into, or its end is lost. */
  #unfinished(piece: Piece, at: number): number {
    const { text, last } = piece;
    const length = text.length - at;
    if ((last || length >= PIECE) && this.#frames.innermost !== 'members') {
      const list = anyMemberList(text, at);
      if (list > 0) return this.#enterWrapper(list);
    }
    const longest = longestObject(text, at);
    if (!last && length <= longest && !(this.#tally.isPoisoned && nextRecord(text, at + 1) > 0)) return UNFINISHED;
    return last || isLikeRecord(text, at) ? this.#brokenObject(piece, at) : this.#enter(at + 1, 'any');
  }

  #brokenObject(piece: Piece, at: number): number {
    if (hasTrailWord(piece.text.slice(at, at + PIECE))) this.#tally.begin();
    return this.#garbage(piece, at);
  }

  /** Invalid JSON: a malformed record, or text in a stream in which nothing of CloudTrail was seen yet. */
  #garbage(piece: Piece, at: number): number {
    if (this.#tally.began) this.#tally.malformed(this.#offset + at);
    else this.#tally.sawText();
    return this.#findNext(piece, at + 1, this.#tally.began ? 'in-record' : 'in-text');
  }

  #findNext({ text, last }: Piece, from: number, lost: 'in-record' | 'in-text'): number {
    const found = lost === 'in-record' ? nextRecord(text, from) : nextValue(text, from);
    this.#lost = found < 0 ? lost : null;
    if (found >= 0) return found;
    return last ? text.length : Math.max(from, text.length - CUT_TOKEN);
  }
}
