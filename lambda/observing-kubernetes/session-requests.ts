import type { CloudTrailRecord } from '../detection/model/cloudtrail-record';
import type { AuditEvent } from '../kubernetes/audit-event';
import { sessionCaller, sessionRecordOf } from '../kubernetes/session-record';

const HOUR = 3_600_000;
/** About 25 MB. */
const MOST_KNOWN = 50_000;

interface Known {
  readonly time: number;
  readonly auditId: string;
}

/**
 * The earliest request that was observed of each session, address and hour. What clusters log repeats, and later requests of
 * the hour show nothing new. Bounded; forgetting is harmless.
 */
export class ObservedRequests {
  readonly #known = new Map<string, Known>();

  constructor(private readonly most = MOST_KNOWN) {}

  /** True if this request or an earlier one was observed. */
  covers(key: string, event: Known): boolean {
    const known = this.#known.get(key);
    return known !== undefined && !isBefore(event, known);
  }

  add(key: string, event: Known): void {
    if (this.#known.size >= this.most) this.#known.clear();
    if (!this.covers(key, event)) this.#known.set(key, { time: event.time, auditId: event.auditId });
  }
}

/** The earliest request of each session, address and hour in a part of an object. */
export class SessionRequests {
  readonly #earliest = new Map<string, AuditEvent>();

  constructor(private readonly observed: ObservedRequests) {}

  get size(): number {
    return this.#earliest.size;
  }

  add(event: AuditEvent): void {
    const key = keyOf(event);
    if (key === null || this.observed.covers(key, event)) return;
    const earliest = this.#earliest.get(key);
    if (!earliest || isBefore(event, earliest)) this.#earliest.set(key, event);
  }

  /** As records. */
  records(): CloudTrailRecord[] {
    return [...this.#earliest.values()].flatMap((event) => sessionRecordOf(event) ?? []);
  }

  /** To be called when they are observed. */
  done(): void {
    for (const [key, event] of this.#earliest) this.observed.add(key, event);
    this.#earliest.clear();
  }
}

function keyOf(event: AuditEvent): string | null {
  const caller = sessionCaller(event);
  return caller === null ? null : `${caller} ${Math.floor(event.time / HOUR)}`;
}

function isBefore(one: Known, other: Known): boolean {
  return one.time < other.time || (one.time === other.time && one.auditId < other.auditId);
}
