import type { FactSet } from '../facts/fact-set';
import type { EventRef, Fact, Sighting } from '../facts/facts';
import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { isInFuture } from '../model/event-time';
import type { WorkloadKind } from '../model/workload-kind';
import { callTextOf, readFacts } from './read-facts';
import { personCall } from './read-person-call';

/** A request of an AWS session or user to a cluster. */
export interface SessionRequest {
  /** The same for requests that differ in nothing but their time, action and answer. */
  readonly caller: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly id: string;
  /** Null where it states nothing. */
  record(): CloudTrailRecord | null;
}

const MOST_CALLERS = 20_000;

/** Adds the facts of requests to clusters as `readRecordInto` does with their records, but reads each caller once. */
export class RequestFacts {
  readonly #callers = new Map<string, readonly Fact[]>();

  /** `now`: see `readInto`. */
  constructor(
    private readonly facts: FactSet,
    private readonly kinds: readonly WorkloadKind[],
    private readonly now: number,
  ) {}

  add(request: SessionRequest): void {
    if (isInFuture(request.time, this.now)) return;
    for (const fact of this.#factsOf(request)) {
      if (fact.fact === 'sighting') this.facts.add(sightingBy(fact, request));
      else if (fact.fact === 'person') this.facts.add(personCall(fact, request.time, request.id));
    }
  }

  #factsOf(request: SessionRequest): readonly Fact[] {
    const known = this.#callers.get(request.caller);
    if (known) return known;
    const record = request.record();
    if (record) this.facts.sawAccount(record.account);
    const facts = record ? readFacts(record, this.kinds).facts : [];
    if (this.#callers.size >= MOST_CALLERS) this.#callers.clear();
    this.#callers.set(request.caller, facts);
    return facts;
  }
}

function sightingBy({ caller, did }: Sighting, request: SessionRequest): Sighting {
  return { fact: 'sighting', caller, did, event: new RequestEvent(request) };
}

/** Composes `what` only when it is read, as most requests repeat known ones. */
class RequestEvent implements EventRef {
  readonly time: number;
  readonly id: string;

  constructor(private readonly request: SessionRequest) {
    this.time = request.time;
    this.id = request.id;
  }

  get what(): string {
    const record = this.request.record();
    return record ? callTextOf(record) : '';
  }
}
