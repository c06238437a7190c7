const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a text begins with: nothing, a text with a UUID, one that is not ASCII, or the length of one that is, and this. */
const Form = { none: 0, uuid: 1, json: 2, ascii: 3 } as const;
const UUID_LENGTH = 36;
const UUID_BYTES = 16;
const HYPHEN = 45;
const DIGITS = encoder.encode('0123456789abcdef');

const float = new Float64Array(1);
const floatBytes = new Uint8Array(float.buffer);

/** Writes the values of one fact as bytes, which `RowReader` reads in the same order. */
export class RowWriter {
  #bytes = new Uint8Array(1_024);
  #at = 0;

  /** What was written; the next row begins. Valid until then. */
  take(): Uint8Array {
    const row = this.#bytes.subarray(0, this.#at);
    this.#at = 0;
    return row;
  }

  /** An integer, not negative. */
  count(count: number): void {
    this.#makeRoom(5);
    let rest = count;
    for (; rest > 127; rest >>>= 7) this.#bytes[this.#at++] = (rest & 127) | 128;
    this.#bytes[this.#at++] = rest;
  }

  number(number: number | null): void {
    this.#makeRoom(float.byteLength);
    float[0] = number ?? NaN;
    this.#append(floatBytes);
  }

  flag(flag: boolean | null): void {
    this.count(flag === null ? 2 : Number(flag));
  }

  list<T>(list: readonly T[], write: (one: T) => void): void {
    this.count(list.length);
    for (const one of list) write(one);
  }

  texts(texts: readonly string[]): void {
    this.list(texts, (text) => this.text(text));
  }

  text(text: string | null): void {
    if (text === null) return this.count(Form.none);
    if (!isAscii(text)) return this.#json(text);
    const uuid = uuidIn(text);
    this.count(uuid < 0 ? Form.ascii + text.length : Form.uuid);
    if (uuid < 0) return this.#ascii(text, 0, text.length);
    this.count(uuid);
    this.count(text.length - uuid - UUID_LENGTH);
    this.#ascii(text, 0, uuid);
    this.#uuid(text, uuid);
    this.#ascii(text, uuid + UUID_LENGTH, text.length);
  }

  /** In which any text is well-formed. */
  #json(text: string): void {
    const json = encoder.encode(JSON.stringify(text));
    this.count(Form.json);
    this.count(json.length);
    this.#makeRoom(json.length);
    this.#append(json);
  }

  #ascii(text: string, from: number, to: number): void {
    this.#makeRoom(to - from);
    for (let place = from; place < to; place += 1) this.#bytes[this.#at++] = text.charCodeAt(place);
  }

  #uuid(text: string, from: number): void {
    this.#makeRoom(UUID_BYTES);
    for (let place = from; place < from + UUID_LENGTH; place += 2) {
      if (text.charCodeAt(place) === HYPHEN) place += 1;
      this.#bytes[this.#at++] = (digit(text.charCodeAt(place)) << 4) | digit(text.charCodeAt(place + 1));
    }
  }

  #append(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #makeRoom(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * (this.#at + length));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Reads what `RowWriter` wrote. */
export class RowReader {
  readonly #bytes: Uint8Array;
  #at: number;

  /** `at`: where the row begins. */
  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  count(): number {
    let count = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++] ?? 0;
      count |= (byte & 127) << shift;
      if (byte < 128) return count >>> 0;
    }
  }

  /** NaN for null. */
  time(): number {
    for (let index = 0; index < float.byteLength; index += 1) floatBytes[index] = this.#bytes[this.#at++] ?? 0;
    return float[0] ?? NaN;
  }

  number(): number | null {
    const number = this.time();
    return Number.isNaN(number) ? null : number;
  }

  flag(): boolean | null {
    const flag = this.count();
    return flag === 2 ? null : flag === 1;
  }

  list<T>(read: (row: RowReader) => T): readonly T[] {
    let left = this.count();
    if (left === 0) return NO_ITEMS;
    const list: T[] = [];
    for (; left > 0; left -= 1) list.push(read(this));
    return list;
  }

  texts(): readonly string[] {
    return this.list(readText);
  }

  text(): string | null {
    const form = this.count();
    if (form === Form.none) return null;
    if (form === Form.json) return String(JSON.parse(decoder.decode(this.#take(this.count()))));
    if (form !== Form.uuid) return decoder.decode(this.#take(form - Form.ascii));
    return this.#textWithUuid(this.count(), this.count());
  }

  #textWithUuid(before: number, after: number): string {
    const bytes = new Uint8Array(before + UUID_LENGTH + after);
    for (let index = 0; index < before; index += 1) bytes[index] = this.#bytes[this.#at++] ?? 0;
    writeUuid(this.#bytes, this.#at, bytes, before);
    this.#at += UUID_BYTES;
    for (let index = bytes.length - after; index < bytes.length; index += 1)
      bytes[index] = this.#bytes[this.#at++] ?? 0;
    return decoder.decode(bytes);
  }

  #take(length: number): Uint8Array {
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }
}

const NO_ITEMS: readonly never[] = [];

function readText(row: RowReader): string {
  return row.text() ?? '';
}

function writeUuid(bytes: Uint8Array, from: number, to: Uint8Array, first: number): void {
  let at = first;
  for (let index = 0; index < UUID_BYTES; index += 1) {
    const byte = bytes[from + index] ?? 0;
    if (index === 4 || index === 6 || index === 8 || index === 10) to[at++] = HYPHEN;
    to[at++] = DIGITS[byte >> 4] ?? 0;
    to[at++] = DIGITS[byte & 15] ?? 0;
  }
}

function isAscii(text: string): boolean {
  for (let place = 0; place < text.length; place += 1) if (text.charCodeAt(place) > 127) return false;
  return true;
}

/** Where a UUID in lower case begins that has the text's first hyphen; negative if it has none. */
function uuidIn(text: string): number {
  const from = text.indexOf('-') - 8;
  if (from < 0 || text.length < from + UUID_LENGTH) return -1;
  for (let place = 0; place < UUID_LENGTH; place += 1) {
    const code = text.charCodeAt(from + place);
    const isHyphen = place === 8 || place === 13 || place === 18 || place === 23;
    if (isHyphen ? code !== HYPHEN : digit(code) < 0) return -1;
  }
  return from;
}

/** Negative for what is no hexadecimal digit in lower case. */
function digit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}
