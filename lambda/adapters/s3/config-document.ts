import type { S3Client } from '@aws-sdk/client-s3';
import { reasonOf, type Log } from '../../telemetry';
import { etagOf, readConfigObject, type ConfigPlace } from './config-object';
import { type Result } from '../../detection/model/result';

export interface DocumentOptions<Value> {
  readonly client: S3Client;
  readonly place: ConfigPlace;
  readonly read: (text: string) => Result<Value>;
  /** The last good copy, for containers that have not read a valid document yet. */
  readonly lastGood?: ConfigPlace;
  /** Used if the object does not exist. @default that is a fault */
  readonly missing?: Value;
  readonly now: () => number;
  readonly log: Log;
  /** Called at each check that finds the document invalid. */
  readonly onRejected: () => void;
}

/** Milliseconds between checks of the ETag. */
const FRESH = 60_000;

/**
 * A document in S3 that people edit. Its ETag is checked at most once a minute, and the object is read when it changed. While
 * it is invalid or cannot be read, the last good one is used; rejects if there is none.
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
      await this.readIfChanged();
      this.checkedAt = now;
    } catch (error) {
      if (!this.good) throw error;
      this.options.log.warn('document out of reach', { key: this.options.place.key, reason: reasonOf(error) });
    }
    if (this.faults.length > 0) this.reject();
    if (!this.good) this.good = await this.lastGood();
  }

  private async readIfChanged(): Promise<void> {
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

/** Parses JSON and reads it. */
export function readJson<Value>(text: string, read: (json: unknown) => Result<Value>): Result<Value> {
  try {
    const json: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return read(json);
  } catch (error) {
    return { faults: [`is not JSON: ${reasonOf(error)}`] };
  }
}
