import type { S3Client } from '@aws-sdk/client-s3';
import { reasonOf, type Log } from '../../telemetry';
import { etagOf, readConfigObject, type ConfigPlace } from './config-object';
import { type Result } from '../../detection/model/result';

export interface DocumentOptions<Value> {
  readonly client: S3Client;
  readonly place: ConfigPlace;
  readonly read: (text: string) => Result<Value>;
  /** Where the last good copy is kept, for those who have never seen a good one. */
  readonly lastGood?: ConfigPlace;
  /** What holds where there is no document. @default that is a fault */
  readonly missing?: Value;
  readonly now: () => number;
  readonly log: Log;
  /** Counted, each time a document with faults is met. */
  readonly onRejected: () => void;
}

/** How old an answer may be, in milliseconds. */
const FRESH = 60_000;

/**
 * A document people edit in S3. It is looked at again after a minute, and read again where its ETag is another. One with
 * faults, or out of reach, leaves the last good one in force; without any the answer is an error, and work waits.
 */
export function configDocument<Value>(options: DocumentOptions<Value>): () => Promise<Value> {
  const document = new Document(options);
  return () => document.current();
}

class Document<Value> {
  private good: { readonly value: Value } | null = null;
  private etag: string | null = null;
  private checkedAt = -Infinity;
  private faults: readonly string[] = [];

  constructor(private readonly options: DocumentOptions<Value>) {}

  async current(): Promise<Value> {
    const now = this.options.now();
    if (!this.good || now - this.checkedAt >= FRESH) await this.check(now);
    if (this.good) return this.good.value;
    const { place } = this.options;
    throw new Error(`s3://${place.bucket}/${place.key} cannot be used: ${this.faults.join('; ')}`);
  }

  private async check(now: number): Promise<void> {
    try {
      await this.look();
      this.checkedAt = now;
    } catch (error) {
      if (!this.good) throw error;
      this.options.log.warn('document out of reach', { key: this.options.place.key, reason: reasonOf(error) });
    }
    if (this.faults.length > 0) this.reject();
    if (!this.good) this.good = await this.lastGood();
  }

  private async look(): Promise<void> {
    const { client, place, missing, read } = this.options;
    const etag = await etagOf(client, place);
    if (etag !== null && etag === this.etag) return;
    const object = etag === null ? null : await readConfigObject(client, place);
    this.etag = object?.etag ?? null;
    const reading = object ? read(object.text) : missingAs(missing);
    this.faults = 'faults' in reading ? reading.faults : [];
    if ('value' in reading) this.good = reading;
  }

  private reject(): void {
    const { log, onRejected, place } = this.options;
    log.error('document rejected', { key: place.key, etag: this.etag, faults: this.faults.slice(0, 20) });
    onRejected();
  }

  private async lastGood(): Promise<{ readonly value: Value } | null> {
    const { client, lastGood, read } = this.options;
    const object = lastGood ? await readConfigObject(client, lastGood) : null;
    const reading = object ? read(object.text) : null;
    return reading && 'value' in reading ? reading : null;
  }
}

function missingAs<Value>(missing: Value | undefined): Result<Value> {
  return missing === undefined ? { faults: ['there is no such object'] } : { value: missing };
}

/** The JSON in a text, and what it is to be. */
export function readJson<Value>(text: string, read: (json: unknown) => Result<Value>): Result<Value> {
  try {
    const json: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return read(json);
  } catch (error) {
    return { faults: [`is not JSON: ${reasonOf(error)}`] };
  }
}
