import { field } from '../detection/model/json-field';
import type { AuditEvent } from './audit-event';

/** True for a request that was answered with success. A connection that is upgraded is answered with 101. */
export function succeeded({ status, allowed }: Pick<AuditEvent, 'status' | 'allowed'>): boolean {
  return status !== null && status >= 100 && status < 300 && allowed !== false;
}

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch']);

/** True for a successful request by which an object was stored, as it is now in `manifest`. A dry run stores nothing. */
export function isStored(event: AuditEvent): boolean {
  return isWrite(event) && succeeded(event) && !isDryRun(event);
}

/** A record without a verb is a creation if its answer is. */
export function isWrite({ verb, status }: Pick<AuditEvent, 'verb' | 'status'>): boolean {
  return verb === null ? status === 201 : WRITES.has(verb);
}

const DELETIONS: ReadonlySet<string | null> = new Set(['delete', 'deletecollection']);

/** By its query, or by the options that a deletion has as its body. Other bodies may have any members. */
export function isDryRun({
  verb,
  requestUri,
  manifest,
}: Pick<AuditEvent, 'verb' | 'requestUri' | 'manifest'>): boolean {
  const inBody = DELETIONS.has(verb) ? field(manifest, 'dryRun') : null;
  return parametersOf(requestUri).getAll('dryRun').includes('All') || (Array.isArray(inBody) && inBody.includes('All'));
}

export function parametersOf(requestUri: string): URLSearchParams {
  const mark = requestUri.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : requestUri.slice(mark + 1));
}

/** The parts of the path as the API server reads it: decoded, without empty ones, `.` and `..`. */
export function pathParts(requestUri: string): string[] {
  const [path = ''] = requestUri.split('?');
  const parts: string[] = [];
  for (const part of decoded(path).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts;
}

/** Byte by byte, so that no byte that is no UTF-8 keeps the others encoded. */
function decoded(path: string): string {
  return path.replaceAll(/%([0-9a-f]{2})/gi, (_escape, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** `create pods/exec`, or `get /version` for a request that is not about an object. */
export function requestName({ verb, object, requestUri }: AuditEvent): string {
  const what = object ? [object.resource, object.subresource].filter(Boolean).join('/') : pathText(requestUri);
  return `${verb ?? 'request'} ${what}`;
}

export function pathText(requestUri: string): string {
  return `/${pathParts(requestUri).join('/')}`;
}
