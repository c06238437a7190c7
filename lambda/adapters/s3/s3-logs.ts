import { GetObjectCommand, S3ServiceException, type S3Client } from '@aws-sdk/client-s3';
import { FactSet } from '../../detection/facts/fact-set';
import type { WorkloadKind } from '../../detection/model/workload-kind';
import { readInto } from '../../detection/records/read-facts';
import { LogFileFacts } from '../../fact-reading/log-file-facts';
import type { BatchCounts } from '../../hunting/read-counts';
import type { ReadLogs } from '../../hunting/read-stage';
import { gunzippedAtOnce } from '../../trail-files/gunzip-at-once';
import { readTrailObject } from '../../trail-files/read-trail-object';

export interface TrailReader {
  readonly client: S3Client;
  readonly bucket: string;
  readonly owner: string;
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
    const counts: BatchCounts = { files: 0, records: 0, skipped: {}, problems: [] };
    let reader = new ObjectReader(trail, counts);
    const fetched = keys.slice(0, AHEAD).map((key) => fetchAhead(key, trail));
    for (const [at, key] of keys.entries()) {
      const next = keys[at + AHEAD];
      if (next !== undefined) fetched.push(fetchAhead(next, trail));
      const object = await fetched.shift();
      counts.files += 1;
      if (object && 'bytes' in object) await reader.read(key, object.bytes);
      else counts.problems.push({ file: key, reason: object?.problem ?? 'it was not fetched' });
      if (reader.bytes < MOST_BYTES) continue;
      await onFacts(reader.finish());
      reader = new ObjectReader(trail, counts);
    }
    await onFacts(reader.finish());
    return counts;
  };
}

type Fetched = { readonly bytes: Buffer } | { readonly problem: string };

/** An error is thrown where the object is awaited, which may be later. */
function fetchAhead(key: string, trail: TrailReader): Promise<Fetched> {
  const object = objectAt(key, trail);
  object.catch(() => undefined);
  return object;
}

/** Throws what a later attempt may not meet. */
async function objectAt(key: string, { client, bucket, owner }: TrailReader): Promise<Fetched> {
  try {
    const request = new GetObjectCommand({ Bucket: bucket, Key: key, ExpectedBucketOwner: owner });
    const { Body: body } = await client.send(request);
    return { bytes: Buffer.from((await body?.transformToByteArray()) ?? []) };
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) throw error;
    return { problem };
  }
}

/** Why an object cannot be read; null if a retry may help. */
function problemOf(error: unknown): string | null {
  if (!(error instanceof S3ServiceException)) return null;
  const { name, message } = error;
  if (name === 'NoSuchKey') return 'it was deleted after the hunt was planned';
  if (name === 'InvalidObjectState') return `it is archived, and must be restored first (${message})`;
  if (name.startsWith('KMS.')) return `its encryption key cannot be used (${name}: ${message})`;
  if (name === 'AccessDenied')
    return /kms/i.test(message) ? `its encryption key is denied (${message})` : `it is denied: ${message}`;
  return null;
}

/** Reads objects into one set of facts: plain log files by the fast path, where the scanner can run. */
class ObjectReader {
  bytes = 0;
  readonly #facts = new FactSet();
  readonly #trail: TrailReader;
  readonly #counts: BatchCounts;
  readonly #logFiles: LogFileFacts | null;

  constructor(trail: TrailReader, counts: BatchCounts) {
    this.#trail = trail;
    this.#counts = counts;
    const { kinds, now } = trail;
    this.#logFiles = LogFileFacts.create(this.#facts, { kinds, now, onSkip: (reason) => this.#skip(reason, 1) });
  }

  async read(key: string, object: Buffer): Promise<void> {
    this.bytes += object.length;
    const isGzip = object[0] === 0x1f && object[1] === 0x8b;
    const counts = isGzip
      ? this.#logFiles?.read((into) => gunzippedAtOnce(object, into.length)?.copy(into) ?? null)
      : null;
    if (!counts?.records) return this.#readAny(key, object);
    this.#counts.records += counts.records;
    for (const [reason, times] of [...counts.skipped, ...counts.left]) this.#skip(reason, times);
  }

  finish(): FactSet {
    this.#logFiles?.finish();
    return this.#facts;
  }

  async #readAny(key: string, object: Buffer): Promise<void> {
    const { kinds, now } = this.#trail;
    const { records, skipped, problem } = await readTrailObject(chunksOf(object), (record) => {
      const skip = readInto(this.#facts, record, kinds, now);
      if (skip !== null) this.#skip(skip, 1);
    });
    this.#counts.records += records;
    for (const [reason, times] of skipped) this.#skip(reason, times);
    if (problem !== null) this.#counts.problems.push({ file: key, reason: problem });
  }

  #skip(reason: string, times: number): void {
    this.#counts.skipped[reason] = (this.#counts.skipped[reason] ?? 0) + times;
  }
}

async function* chunksOf(object: Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(object);
}
