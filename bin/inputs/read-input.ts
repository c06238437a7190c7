import { inflated } from '../../lambda/trail-files/inflate';
import { faultOf, readTrailText } from '../../lambda/trail-files/read-trail-object';
import type { OtherReaders } from '../../lambda/trail-files/other-readers';
import { SkipCounts, type TrailReading } from '../../lambda/trail-files/trail-reading';
import { TrailTally } from '../../lambda/trail-files/trail-tally';
import { unwrap } from '../../lambda/trail-files/unwrap';
import type { Member } from './container';
import { recordForms } from './forms/record-forms';
import { CONTAINER_FORMATS, HEAD_BYTES, TABLE_FORMATS, type ContainerFormat, type TableFormat } from './input-formats';
import { peek, type Peeked } from './peek';
import { isFromFileManager, isOfFileManager } from './file-managers';
import { OFFICE_DOCUMENT, sightOf, type Sight } from './unread-content';

/** Archives in archives. */
const DEEPEST = 6;
const MOST_MEMBERS = 1_000_000;
/** A file that grows more than that is a bomb; logs grow some 20-fold, twice where they are packed twice. */
const MOST_GROWTH = 2_000;
/** Bytes below which growth does not matter. */
const HARMLESS = 1024 * 1024 * 1024;
/** Members with a problem that are named for one file. */
const MOST_NAMED = 5;
/** What an Office document is made of, besides its texts and cells. */
const OFFICE_PARTS = /^(?:\[Content_Types\]\.xml$|_rels\/|docProps\/|(?:xl|word|ppt)\/)/;

type OnRecord = (record: unknown) => void;

/** Where a stream comes from. */
interface Place {
  /** Of a member of an archive, for people. */
  readonly name: string | null;
  /** Archives around it. */
  readonly depth: number;
  /** The first bytes of the file that it was decoded from, where that is no archive. */
  readonly encoded?: Buffer;
}

/**
 * Reads one file or stream, whatever it is packed in and whatever its records are wrapped in, and passes on its records,
 * parsed, and lines of audit logs of Kubernetes. Archives are read member by member, without temporary files. A file in which no record is recognised has a
 * `problem` that says what it looks like. Throws nothing but what `onRecord` and the other readers throw.
 */
export async function readInput(
  source: AsyncIterable<Uint8Array>,
  onRecord: OnRecord,
  readers: Omit<OtherReaders, 'forms'> = {},
): Promise<TrailReading> {
  const reader = new InputContentReader(onRecord, readers);
  await reader.read(reader.counted(source), { name: null, depth: 0 });
  return reader.reading();
}

class InputContentReader {
  readonly #onRecord: OnRecord;
  readonly #readers: OtherReaders;
  readonly #skipped = new SkipCounts();
  readonly #forms = recordForms();
  readonly #problems: string[] = [];
  #records = 0;
  #auditLines = 0;
  #members = 0;
  #officeParts = 0;
  #bytesIn = 0;
  #bytesOut = 0;

  constructor(onRecord: OnRecord, readers: Omit<OtherReaders, 'forms'>) {
    this.#onRecord = onRecord;
    this.#readers = { ...readers, forms: this.#forms };
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
    return { records: this.#records, auditLines: this.#auditLines, skipped: this.#skipped, problem: problem || null };
  }

  async read(source: AsyncIterable<Uint8Array>, place: Place): Promise<void> {
    const content = await peek(this.#bounded(inflated(source)), HEAD_BYTES);
    const container = CONTAINER_FORMATS.find(({ recognises }) => recognises(content.head));
    if (container) return this.#readContainer(container, content, place);
    const table = TABLE_FORMATS.find(({ recognises }) => recognises(content.head));
    const reading = await (table
      ? this.#readTable(table, content)
      : readTrailText(content.whole, this.#onRecord, this.#readers));
    this.#add(reading, content.head, place);
  }

  async #readContainer(
    { name: format, open, isEncoding }: ContainerFormat,
    content: Peeked,
    place: Place,
  ): Promise<void> {
    const { name, depth } = place;
    if (depth >= DEEPEST) return this.#problem(name, `a ${format} in ${depth} others is not opened`);
    const encoded = isEncoding ? { encoded: content.head } : {};
    const before = { records: this.#records, office: this.#officeParts };
    let files = 0;
    try {
      for await (const member of this.#membersOf(open(content.whole))) {
        files += 1;
        if (member.name !== null && isOfFileManager(member.name)) continue;
        await this.read(member.content, { ...encoded, name: member.name ?? name, depth: depth + 1 });
      }
    } catch (error) {
      return this.#problem(name, `the ${format} is damaged or encrypted: ${faultOf(error)}`);
    }
    if (files === 0) this.#problem(name, `a ${format} without files`);
    if (!isEncoding && this.#officeParts > before.office && this.#records === before.records)
      this.#problem(name, unread(OFFICE_DOCUMENT));
  }

  /** Without folders. Throws where there are too many. */
  async *#membersOf(members: AsyncIterable<Member>): AsyncGenerator<Member> {
    for await (const member of members) {
      this.#members += 1;
      if (this.#members > MOST_MEMBERS) throw new Error(`more than ${MOST_MEMBERS} files`);
      if (!member.name?.endsWith('/')) yield member;
    }
  }

  async #readTable(table: TableFormat, { head, whole }: Peeked): Promise<TrailReading> {
    const tally = new TrailTally(this.#onRecord, this.#readers.audit ?? null);
    let fault: string | null = null;
    const rows = table.rows(whole, head)[Symbol.asyncIterator]();
    for (;;) {
      const next = await rows.next().catch((error: unknown) => {
        fault = `the ${table.name} cannot be read to its end: ${faultOf(error)}`;
        return { done: true } as const;
      });
      if (next.done) return tally.reading(fault, false);
      unwrap(next.value, tally, this.#forms);
    }
  }

  #add({ records, auditLines, skipped, problem }: TrailReading, head: Buffer, { name, encoded = head }: Place): void {
    this.#records += records;
    this.#auditLines += auditLines;
    this.#skipped.add(skipped);
    if (records + auditLines > 0 || isFromFileManager(head)) return this.#problem(name, problem);
    const reasons = [...skipped.keys()];
    const sight = sightOf(encoded);
    const isUnread = problem === null && reasons.length > 0 && reasons.every((reason) => reason === 'not-cloudtrail');
    if (isUnread && name !== null && OFFICE_PARTS.test(name)) this.#officeParts += 1;
    else if (isUnread || (sight.isBinary && reasons.includes('malformed-record'))) this.#problem(name, unread(sight));
    else this.#problem(name, problem);
  }

  #problem(name: string | null, problem: string | null): void {
    if (problem !== null) this.#problems.push(name === null ? problem : `in ${name}: ${problem}`);
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

function unread({ what, remedy }: Sight): string {
  return `no CloudTrail record is in it; it looks like ${what}: ${remedy}`;
}
