import { inflated } from '../../lambda/trail-files/inflate';
import { faultOf, readTrailText } from '../../lambda/trail-files/read-trail-object';
import { SkipCounts, type TrailReading } from '../../lambda/trail-files/trail-reading';
import { TrailTally } from '../../lambda/trail-files/trail-tally';
import { unwrap } from '../../lambda/trail-files/unwrap';
import { RECORD_FORMS } from './forms/record-forms';
import { CONTAINER_FORMATS, HEAD_BYTES, TABLE_FORMATS, type ContainerFormat, type TableFormat } from './input-formats';
import { peek, type Peeked } from './peek';
import { sightOf } from './unread-content';

/** Archives in archives. */
const DEEPEST = 6;
const MOST_MEMBERS = 1_000_000;
/** A file that grows more than that is a bomb; logs grow some 20-fold, twice where they are packed twice. */
const MOST_GROWTH = 2_000;
/** Bytes below which growth does not matter. */
const HARMLESS = 1024 * 1024 * 1024;
/** Members with a problem that are named for one file. */
const MOST_NAMED = 5;
/** Written by file managers beside files. */
const NO_CONTENT = /(?:^|\/)(?:__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/;

type OnRecord = (record: unknown) => void;

/**
 * Reads one file or stream, whatever it is packed in and whatever its records are wrapped in, and passes on its records,
 * parsed. Archives are read member by member, without temporary files. A file in which no record is recognised has a
 * `problem` that says what it looks like. Throws nothing but what `onRecord` throws.
 */
export async function readInput(source: AsyncIterable<Uint8Array>, onRecord: OnRecord): Promise<TrailReading> {
  const reader = new InputContentReader(onRecord);
  await reader.read(reader.counted(source), null, 0);
  return reader.reading();
}

class InputContentReader {
  readonly #onRecord: OnRecord;
  readonly #skipped = new SkipCounts();
  readonly #problems: string[] = [];
  #records = 0;
  #members = 0;
  #bytesIn = 0;
  #bytesOut = 0;

  constructor(onRecord: OnRecord) {
    this.#onRecord = onRecord;
  }

  async *counted(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.#bytesIn += chunk.length;
      yield chunk;
    }
  }

  reading(): TrailReading {
    const more = this.#problems.length - MOST_NAMED;
    const named = this.#problems.slice(0, MOST_NAMED);
    const problem = [...named, ...(more > 0 ? [`and ${more} more problems`] : [])].join('; ');
    return { records: this.#records, skipped: this.#skipped, problem: problem || null };
  }

  /** `name`: of a member of an archive, for people. */
  async read(source: AsyncIterable<Uint8Array>, name: string | null, depth: number): Promise<void> {
    const content = await peek(this.#bounded(inflated(source)), HEAD_BYTES);
    const container = CONTAINER_FORMATS.find(({ recognises }) => recognises(content.head));
    if (container) return this.#readContainer(container, content, name, depth);
    const table = TABLE_FORMATS.find(({ recognises }) => recognises(content.head));
    const reading = await (table
      ? this.#readTable(table, content)
      : readTrailText(content.whole, this.#onRecord, RECORD_FORMS));
    this.#add(reading, content.head, name);
  }

  async #readContainer(
    { name: format, open }: ContainerFormat,
    content: Peeked,
    name: string | null,
    depth: number,
  ): Promise<void> {
    if (depth >= DEEPEST) return this.#problem(name, `a ${format} in ${depth} others is not opened`);
    const before = this.#members;
    try {
      for await (const member of open(content.whole)) {
        this.#members += 1;
        if (this.#members > MOST_MEMBERS) throw new Error(`more than ${MOST_MEMBERS} files`);
        if (member.name !== null && NO_CONTENT.test(member.name)) continue;
        if (member.name?.endsWith('/')) continue;
        await this.read(member.content, member.name ?? name, depth + 1);
      }
      if (this.#members === before) this.#problem(name, `a ${format} without files`);
    } catch (error) {
      this.#problem(name, `the ${format} is damaged or encrypted: ${faultOf(error)}`);
    }
  }

  async #readTable(table: TableFormat, { head, whole }: Peeked): Promise<TrailReading> {
    const tally = new TrailTally(this.#onRecord);
    let fault: string | null = null;
    const rows = table.rows(whole, head)[Symbol.asyncIterator]();
    for (;;) {
      const next = await rows.next().catch((error: unknown) => {
        fault = `the ${table.name} cannot be read to its end: ${faultOf(error)}`;
        return { done: true } as const;
      });
      if (next.done) return tally.reading(fault, false);
      unwrap(next.value, tally, RECORD_FORMS);
    }
  }

  #add({ records, skipped, problem }: TrailReading, head: Buffer, name: string | null): void {
    this.#records += records;
    this.#skipped.add(skipped);
    if (problem !== null) this.#problem(name, problem);
    const recognised = records > 0 || [...skipped.keys()].some((reason) => reason !== 'not-cloudtrail');
    if (recognised || skipped.size === 0 || problem !== null) return;
    const { what, remedy } = sightOf(head);
    this.#problem(name, `no CloudTrail record is in it; it looks like ${what}: ${remedy}`);
  }

  #problem(name: string | null, problem: string): void {
    this.#problems.push(name === null ? problem : `in ${name}: ${problem}`);
  }

  async *#bounded(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      this.#bytesOut += chunk.length;
      if (this.#bytesOut > HARMLESS && this.#bytesOut > MOST_GROWTH * this.#bytesIn)
        throw new Error(`it grows more than ${MOST_GROWTH}-fold when it is unpacked`);
      yield chunk;
    }
  }
}
