import { FactSet } from '../../detection/facts/fact-set';
import type { WorkloadKind } from '../../detection/model/workload-kind';
import { isOfOther } from '../../detection/records/read-record';
import { readInto, type Skip } from '../../detection/records/read-facts';
import { LogFileFacts } from '../../fact-reading/log-file-facts';
import { SkippedRecords } from '../../fact-reading/skipped-records';
import { MOST_UNLOCATED, type LogCounts } from '../../hunting/read-counts';
import type { ReadLogs } from '../../hunting/read-stage';
import { gunzippedAtOnce } from '../../trail-files/gunzip-at-once';
import type { UnreadFile } from '../../hunting/unread-files';
import { SkipCounts, type SkipReason, type TrailReading } from '../../trail-files/trail-reading';
import { readTrailObject } from '../../trail-files/read-trail-object';
import { logFileOf } from './log-file-listing';
import { LogFileFetcher, type FetchedFile, type LogBucket } from './fetch-log-file';

export interface TrailReader extends LogBucket {
  readonly kinds: readonly WorkloadKind[];
  /** Epoch milliseconds: see `readInto`. */
  readonly now: number;
}

/** Objects that are fetched ahead. */
const AHEAD = 8;
/** Bytes of objects after which the facts are given away. */
const MOST_BYTES = 32_000_000;

/** Reads log files in a bucket into facts, a few megabytes at a time. */
export function s3Logs(trail: TrailReader): ReadLogs {
  return async (keys, onFacts) => {
    const read = new ReadObjects();
    let reader = new ObjectReader(trail, read);
    const fetcher = new LogFileFetcher(trail);
    const fetched = keys.slice(0, AHEAD).map((key) => fetchAhead(key, fetcher));
    for (const [at, key] of keys.entries()) {
      const next = keys[at + AHEAD];
      if (next !== undefined) fetched.push(fetchAhead(next, fetcher));
      const object = await fetched.shift();
      if (object && 'bytes' in object) await reader.read(key, object.bytes);
      else if (object) read.problems.push(object.problem);
      if (reader.bytes < MOST_BYTES) continue;
      await onFacts(reader.finish());
      reader = new ObjectReader(trail, read);
    }
    await onFacts(reader.finish());
    return read.counts(keys.length);
  };
}

/** What is counted of objects. */
class ReadObjects {
  records = 0;
  readonly problems: UnreadFile[] = [];
  readonly left = new SkippedRecords();
  readonly #skipped = new SkipCounts();

  add(records: number, skipped: ReadonlyMap<SkipReason, number>): void {
    this.records += records;
    this.#skipped.add(skipped);
  }

  counts(files: number): LogCounts {
    const rejected = this.left.problems().map((problem): UnreadFile => ({ ...problem, kind: 'incomplete' }));
    return {
      files,
      records: this.records,
      skipped: Object.fromEntries([...this.left.counts, ...this.#skipped]),
      problems: [...this.problems, ...rejected],
      ...this.left.kept(MOST_UNLOCATED),
    };
  }
}

/** An error is thrown where the object is awaited, which may be later. */
function fetchAhead(key: string, fetcher: LogFileFetcher): Promise<FetchedFile> {
  const object = fetcher.fetch(key);
  object.catch(() => undefined);
  return object;
}

/** Reads objects into one set of facts: plain log files by the fast path, where the scanner can run. */
class ObjectReader {
  bytes = 0;
  readonly #facts = new FactSet();
  readonly #trail: TrailReader;
  readonly #read: ReadObjects;
  readonly #logFiles: LogFileFacts | null;
  #skippedHere: [Skip, unknown][] = [];

  constructor(trail: TrailReader, read: ReadObjects) {
    this.#trail = trail;
    this.#read = read;
    const { kinds, now } = trail;
    const onSkip = (reason: Skip, record: unknown): unknown => this.#skippedHere.push([reason, record]);
    this.#logFiles = LogFileFacts.create(this.#facts, { kinds, now, onSkip });
  }

  async read(key: string, object: Buffer): Promise<void> {
    this.bytes += object.length;
    this.#skippedHere = [];
    const isGzip = object[0] === 0x1f && object[1] === 0x8b;
    const account = logFileOf(key, 0)?.account ?? null;
    const counts = isGzip
      ? this.#logFiles?.read((into) => gunzippedAtOnce(object, into.length)?.copy(into) ?? null, account)
      : null;
    if (!counts?.records) return this.#readAny(key, object, account);
    this.#read.add(counts.records, counts.skipped);
    for (const [reason, record] of this.#skippedHere) this.#read.left.note(reason, record, key);
    for (const [reason, times] of counts.left) this.#read.left.count(reason, times);
  }

  finish(): FactSet {
    this.#logFiles?.finish();
    return this.#facts;
  }

  /** Records of other accounts than the folder's are ignored, as `observe` does. */
  async #readAny(key: string, object: Buffer, account: string | null): Promise<void> {
    const { kinds, now } = this.#trail;
    const { left, problems } = this.#read;
    let foreign = 0;
    const { records, skipped, problem } = await readTrailObject(chunksOf(object), (record) => {
      if (account !== null && isOfOther(record, account)) {
        foreign += 1;
        return;
      }
      const skip = readInto(this.#facts, record, kinds, now);
      left.see(record, key);
      if (skip !== null) left.note(skip, record, key);
    });
    this.#read.add(records, skipped);
    const unread = unreadOf(records, skipped, problem);
    if (unread !== null) problems.push({ file: key, ...unread });
    else if (foreign > 0)
      problems.push({
        file: key,
        kind: 'incomplete',
        reason: `it has records of other accounts, which were left out: ${foreign}`,
      });
  }
}

/** Null for a file that was read to its end, with or without records. */
function unreadOf(
  records: number,
  skipped: TrailReading['skipped'],
  problem: string | null,
): Omit<UnreadFile, 'file'> | null {
  if (problem !== null) return { kind: 'incomplete', reason: problem };
  if (records > 0 || !skipped.has('not-cloudtrail')) return null;
  return { kind: 'not-a-log', reason: 'it has no CloudTrail records' };
}

async function* chunksOf(object: Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(object);
}
