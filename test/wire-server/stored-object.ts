/** One S3 object. */
export interface StoredObject {
  readonly key: string;
  /** Exactly as put: what is gzipped stays so. */
  readonly bytes: Buffer;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** The canonical id of the account that owns it. */
  readonly owner: string;
  readonly etag: string;
  readonly lastModified: Date;
}

/** API Reference, ListObjectsV2: keys in UTF-8 binary order. */
export function inBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8'));
}
