import { createHash } from 'node:crypto';
import { header, type WireHttpRequest } from './wire-http';

/** One request as it came, in order of arrival. */
export interface WireRequest {
  /** As in the credential scope; `` where the request was not signed. */
  readonly service: string;
  /** `` where the request names none. */
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  /** Method, path and query. */
  readonly target: string;
  /** The body as text; of an S3 object only `sha256:…`, as its bytes may be anything. */
  readonly body: string;
  /** The body as the SDK's model reads it; undefined where it could not be read, or was passed on unread. */
  readonly input: unknown;
  /** How often the same service, operation, account, Region, target and body have come, this one included. */
  readonly count: number;
  /** What became of it: `answered`, the error code, `drop-before`, `drop-after`, `drop-midway`; `open` meanwhile. */
  readonly outcome: string;
}

export interface DistinctRequest {
  readonly service: string;
  readonly operation: string;
  readonly target: string;
  readonly body: string;
  readonly count: number;
}

export type OpenRequest = { -readonly [Name in keyof WireRequest]: WireRequest[Name] };

/** What is one request for a crash test: the same bytes to the same place, however often they were sent. */
export function distinctRequests(requests: readonly WireRequest[]): DistinctRequest[] {
  const last = new Map<string, DistinctRequest>();
  for (const { service, operation, target, body, count, account, region } of requests) {
    last.set(fingerprint({ service, operation, target, body, account, region }), {
      service,
      operation,
      target,
      body,
      count,
    });
  }
  return [...last.values()];
}

type Identity = Pick<WireRequest, 'service' | 'operation' | 'target' | 'body' | 'account' | 'region'>;

export function fingerprint(request: Identity): string {
  const { service, operation, account, region, target, body } = request;
  return JSON.stringify([service, operation, account, region, target, body]);
}

export function targetOf(request: WireHttpRequest): string {
  const query = request.query.toString();
  return `${request.method} ${request.path}${query ? `?${query}` : ''}`;
}

export function bodyText(request: WireHttpRequest): string {
  const type = header(request, 'content-type') ?? '';
  if (request.body.length === 0) return '';
  if (/json|x-www-form-urlencoded/.test(type) && request.method !== 'PUT') return request.body.toString('utf8');
  return `sha256:${createHash('sha256').update(request.body).digest('hex')}`;
}
