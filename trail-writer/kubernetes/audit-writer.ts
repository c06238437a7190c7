import type { Random } from '../random';
import { auditEvent, objectOf, pathOf, type AuditCaller, type AuditPath, type AuditRequest } from './audit-event';

export type Event = Readonly<Record<string, unknown>>;

export interface Period {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly hours: number;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** The level of a request that changes an object. */
export const STORED = { level: 'RequestResponse' } as const;

/** Writes events at given or random times. */
export class AuditWriter {
  constructor(
    private readonly period: Period,
    readonly random: Random,
  ) {}

  at(share = this.random.next()): number {
    return this.period.from + Math.floor(share * this.period.hours * HOUR);
  }

  call(
    caller: AuditCaller,
    verb: string,
    path: AuditPath,
    more: Partial<AuditRequest> & { query?: string } = {},
  ): Event {
    const { query = '', ...request } = more;
    const uri = `${pathOf(verb === 'create' && !path.subresource ? collectionOf(path) : path)}${query}`;
    return this.event({ caller, verb, uri, object: objectOf(path), ...request });
  }

  event(request: Omit<AuditRequest, 'auditId' | 'time'> & { readonly time?: number }): Event {
    return auditEvent({ auditId: this.random.uuid(), time: this.at(), ...request });
  }
}

/** New objects are sent to their collection. */
function collectionOf(path: AuditPath): AuditPath {
  const { name, ...collection } = path;
  return name === undefined ? path : collection;
}
