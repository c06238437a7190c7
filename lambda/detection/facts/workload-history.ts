import type { CidrSet } from '../model/address';
import { compareEvents, sortText, type Call, type CallSample } from './call-sample';
import { callsKey, type FactSet, type SightingRow } from './fact-set';
import { Did, type Caller, type EventRef, type Issuance } from './facts';
import { originOf, type SeenOrigin } from '../model/origin';
import { Prover, type Proof, type ProvenBy } from './attribution';
import { roleOf } from '../model/session-arn';
import { workloadKey, type Workload, type WorkloadKey } from '../model/workload';
import type { WorkloadKind } from '../model/workload-kind';
import { compareText } from '../model/compare-text';

/** A proven sighting, with its origin. */
export interface ProvenSighting {
  readonly caller: Caller;
  readonly role: string;
  readonly origin: SeenOrigin;
  readonly provenBy: ProvenBy;
  readonly issuance: Issuance | null;
  readonly event: EventRef;
  readonly did: number;
}

/** The facts of one workload. */
export interface History {
  readonly key: WorkloadKey;
  readonly workload: Workload;
  readonly kind: WorkloadKind;
  readonly issuances: Issuance[];
  /** By time and event id. */
  readonly sightings: ProvenSighting[];
  /** By origin key: the calls kept for reporting. */
  readonly calls: Map<string, CallSample[]>;
  /** By version of the instance metadata service: keys of the origins where its credentials were used. */
  readonly deliveries: Map<string, Set<string>>;
  /** Sightings that only look like this workload's. */
  unproven: number;
  disproved: number;
}

export interface Histories {
  readonly byWorkload: ReadonlyMap<WorkloadKey, History>;
  readonly prover: Prover;
}

/** Groups sightings by the workload they are proven to come from. */
export function assembleHistories(facts: FactSet, kinds: readonly WorkloadKind[], privateNetworks: CidrSet): Histories {
  const prover = new Prover(facts.issuances.values(), facts.foreignKeys, kinds);
  const assembly = new Assembly(prover, new Map(kinds.map((kind) => [kind.name, kind])), privateNetworks);
  for (const issuance of facts.issuances.values()) assembly.issued(issuance);
  for (const { rows, calls } of facts.sessions.values()) for (const row of rows.values()) assembly.place(row, calls);
  for (const history of assembly.byWorkload.values()) {
    history.sightings.sort(bySightingTime);
    nameEndpointOwners(history.sightings, privateNetworks);
    history.issuances.sort((a, b) => a.time - b.time || compareText(a.id, b.id));
  }
  return { byWorkload: assembly.byWorkload, prover };
}

/** The history of a workload about which nothing is known yet. */
export function emptyHistory(workload: Workload, kind: WorkloadKind): History {
  return {
    key: workloadKey(workload),
    workload,
    kind,
    issuances: [],
    sightings: [],
    calls: new Map(),
    deliveries: new Map(),
    unproven: 0,
    disproved: 0,
  };
}

/** Records older than eventVersion 1.09 lack an endpoint's account; it is taken from the workload's other records. */
function nameEndpointOwners(sightings: ProvenSighting[], privateNetworks: CidrSet): void {
  const owners = new Map<string, string>();
  for (const { caller } of sightings) {
    const { endpointId, endpointAccount } = caller.source;
    if (endpointId !== null && endpointAccount !== null && !owners.has(endpointId))
      owners.set(endpointId, endpointAccount);
  }
  for (const [at, sighting] of sightings.entries()) {
    const { source } = sighting.caller;
    const endpointAccount = owners.get(source.endpointId ?? '');
    if (endpointAccount !== undefined && source.endpointAccount === null)
      sightings[at] = { ...sighting, origin: originOf({ ...source, endpointAccount }, privateNetworks) };
  }
}

class Assembly {
  readonly byWorkload = new Map<WorkloadKey, History>();

  constructor(
    private readonly prover: Prover,
    private readonly kinds: ReadonlyMap<string, WorkloadKind>,
    private readonly privateNetworks: CidrSet,
  ) {}

  historyOf(workload: Workload): History | null {
    const kind = this.kinds.get(workload.kind);
    if (!kind) return null;
    const key = workloadKey(workload);
    let history = this.byWorkload.get(key);
    if (!history) {
      history = emptyHistory(workload, kind);
      this.byWorkload.set(key, history);
    }
    return history;
  }

  /** The request of a workload for its own credentials is a sighting of it. */
  issued(issuance: Issuance): void {
    const history = this.historyOf(issuance.workload);
    history?.issuances.push(issuance);
    const { asked, sessionArn, accessKeyId, workload, region } = issuance;
    if (!history || !asked) return;
    const { source, what } = asked;
    const caller: Caller = {
      sessionArn,
      accessKeyId,
      workload,
      shown: 'none',
      delivery: null,
      legacy: false,
      source,
      region,
    };
    const event = { time: issuance.time, id: issuance.eventId, what };
    const origin = originOf(source, this.privateNetworks);
    const role = roleOf(sessionArn);
    history.sightings.push({
      caller,
      role,
      origin,
      provenBy: 'issued-key',
      issuance,
      event,
      did: Did.other | Did.issuance,
    });
  }

  place(row: SightingRow, samples: ReadonlyMap<string, CallSample>): void {
    const { caller } = row;
    const console = row.seen.some(({ did }) => (did & Did.console) !== 0);
    const proof = this.prover.prove(caller, console);
    if (!proof) this.leaveUnproven(row);
    const owner = proof ?? this.prover.proveChained(caller);
    if (owner) this.placeWith(owner, row, samples);
  }

  /** Services that call for a chained session say nothing of the workload. */
  private placeWith(proof: Proof, row: SightingRow, samples: ReadonlyMap<string, CallSample>): void {
    const { caller } = row;
    const history = this.historyOf(proof.workload);
    const origin = originOf(caller.source, this.privateNetworks);
    if (!history || (proof.by === 'chained' && origin.kind === 'service')) return;
    const role = roleOf(caller.sessionArn);
    for (const { event, did } of row.seen) {
      history.sightings.push({ caller, role, origin, provenBy: proof.by, issuance: proof.issuance, event, did });
    }
    if (caller.delivery !== null && origin.kind !== 'service') {
      const places = history.deliveries.get(caller.delivery) ?? new Set();
      history.deliveries.set(caller.delivery, places.add(origin.key));
    }
    keepSample(history, origin, samples.get(callsKey(caller)));
  }

  private leaveUnproven({ caller, seen }: SightingRow): void {
    const history = caller.workload ? this.historyOf(caller.workload) : null;
    if (!history) return;
    if (this.prover.isDisproved(caller)) history.disproved += seen.length;
    else history.unproven += seen.length;
  }
}

function keepSample({ calls }: History, { key }: SeenOrigin, sample: CallSample | undefined): void {
  const kept = calls.get(key) ?? [];
  if (sample && !kept.includes(sample)) calls.set(key, [...kept, sample]);
}

/** The calls kept for one origin, sorted, each once; `more` when there were others. */
export function callsFrom(history: History, originKey: string): { calls: Call[]; more: boolean; lastTime: number } {
  const samples = history.calls.get(originKey) ?? [];
  const calls = new Map<string, Call>();
  for (const call of samples.flatMap((sample) => sample.calls)) {
    const known = calls.get(`${call.time} ${call.id}`);
    if (!known || sortText(call) < sortText(known)) calls.set(`${call.time} ${call.id}`, call);
  }
  return {
    calls: [...calls.values()].sort(compareEvents),
    more: samples.some(({ more }) => more),
    lastTime: samples.reduce((last, { lastTime }) => Math.max(last, lastTime), 0),
  };
}

/** Within a second, the request for credentials comes before their use. One record can come in two versions of its caller. */
function bySightingTime(a: ProvenSighting, b: ProvenSighting): number {
  return (
    a.event.time - b.event.time ||
    (b.did & Did.issuance) - (a.did & Did.issuance) ||
    compareEvents(a.event, b.event) ||
    compareText(a.origin.key, b.origin.key) ||
    compareText(JSON.stringify(a.caller), JSON.stringify(b.caller))
  );
}
