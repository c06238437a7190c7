import { bodyText, fingerprint, targetOf, type OpenRequest, type WireRequest } from './wire-request';
import type { WireHttpRequest } from './wire-http';

export interface RequestLog {
  readonly requests: readonly WireRequest[];
  /** Writes down a request on arrival; the rest is filled in as it becomes known. */
  open(request: WireHttpRequest, who: Pick<WireRequest, 'service' | 'operation' | 'account' | 'region'>): OpenRequest;
}

export function requestLog(): RequestLog {
  const requests: OpenRequest[] = [];
  const counts = new Map<string, number>();
  return {
    requests,
    open(request, who) {
      const identity = { ...who, target: targetOf(request), body: bodyText(request) };
      const key = fingerprint(identity);
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      const entry = { ...identity, input: undefined, count, outcome: 'open' };
      requests.push(entry);
      return entry;
    },
  };
}
