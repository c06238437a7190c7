import type { WireRequest } from './wire-request';

/** Which requests a fault meets. Everything that is given must fit. */
export interface FaultMatch {
  /** As in the credential scope: `securityhub`, `events`, `sqs`, `sns`, `sts`, `ec2`, `s3`, `dynamodb`. */
  readonly service?: string;
  readonly operation?: string;
  readonly where?: (request: WireRequest) => boolean;
  /** How many fitting requests pass unharmed first; 0 unless told. */
  readonly after?: number;
}

/**
 * What happens to a request. `times`: to how many in a row, 1 unless told, `Infinity` until cleared.
 * - `throttle`: the service's own throttling error; nothing is done
 * - `error`: this error code; nothing is done. `status` is 403 for a denial, else 400, unless told
 * - `drop-before`: the connection is cut and nothing is done
 * - `drop-after`: everything is done, then the connection is cut without an answer
 * - `drop-midway`: everything is done and half of the answer's body sent, then the connection is cut
 * - `entries`: the chosen entries of a batch fail, the others are done
 */
export type Fault = { readonly times?: number } & (
  | { readonly kind: 'throttle' | 'drop-before' | 'drop-after' | 'drop-midway' }
  | { readonly kind: 'error'; readonly code: string; readonly message?: string; readonly status?: number }
  | ({ readonly kind: 'entries'; readonly which: (entry: unknown, index: number) => boolean } & EntryFault)
);

export interface EntryFault {
  readonly code: string;
  readonly message?: string;
}

export interface InjectedFault {
  /** How many requests it has met so far. */
  readonly hits: number;
  clear(): void;
}

export interface FaultBook {
  add(match: FaultMatch, fault: Fault): InjectedFault;
  /** The first unspent fault that fits; it is spent by asking. */
  next(request: WireRequest): Fault | undefined;
}

interface Entry {
  readonly match: FaultMatch;
  readonly fault: Fault;
  passed: number;
  hits: number;
}

export function faultBook(): FaultBook {
  let entries: Entry[] = [];
  return {
    add(match, fault) {
      const entry: Entry = { match, fault, passed: 0, hits: 0 };
      entries.push(entry);
      return {
        get hits() {
          return entry.hits;
        },
        clear() {
          entries = entries.filter((other) => other !== entry);
        },
      };
    },
    next(request) {
      return entries.find((entry) => meets(entry, request))?.fault;
    },
  };
}

function meets(entry: Entry, request: WireRequest): boolean {
  const { match, fault } = entry;
  if (entry.hits >= (fault.times ?? 1)) return false;
  if (match.service !== undefined && match.service !== request.service) return false;
  if (match.operation !== undefined && match.operation !== request.operation) return false;
  if (match.where && !match.where(request)) return false;
  if (entry.passed < (match.after ?? 0)) {
    entry.passed += 1;
    return false;
  }
  entry.hits += 1;
  return true;
}
