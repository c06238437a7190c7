import { textOf } from './model/json-field';

/** What a call was, as `EventRef.what` keeps it in one interned text. */
export interface CallWords {
  readonly region: string;
  /** `s3.amazonaws.com` */
  readonly source: string;
  readonly name: string;
  readonly errorCode: string | null;
  readonly userAgent: string | null;
}

export function callText({ region, source, name, errorCode, userAgent }: CallWords): string {
  return JSON.stringify([region, source, name, errorCode, userAgent]);
}

export function callWords(what: string): CallWords {
  const parts: unknown = JSON.parse(what);
  const [region, source, name, errorCode, userAgent] = Array.isArray(parts) ? parts.map(textOf) : [];
  return {
    region: region ?? '',
    source: source ?? '',
    name: name ?? '',
    errorCode: errorCode ?? null,
    userAgent: userAgent ?? null,
  };
}
