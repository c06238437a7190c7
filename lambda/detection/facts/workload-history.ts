import type { CidrSet } from '../model/address';
import { compareEvents, sortText, type Call, type CallSample } from './call-sample';
import { type FactSet, type SightingRow } from './fact-set';
import { callsKey } from './caller-keys';
import { Did, type Caller, type EventRef, type Issuance } from './facts';
import { SomeFacts } from './packed-facts';
import { originOf, type SeenOrigin, type Source } from '../model/origin';
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
  readonly issuances: readonly Issuance[];
  /** By time and event id. */
  readonly sightings: readonly ProvenSighting[];
  /** The calls kept for reporting, by the key of their origin. */
  readonly callsAt: (originKey: string) => readonly CallSample[];
  /** By version of the instance metadata service: keys of the origins where its credentials were used. */
  readonly deliveries: ReadonlyMap<string, ReadonlySet<string>>;
  /** Sightings that only look like this workload's. */
  readonly unproven: number;
  readonly disproved: number;
}

/** A history is made when it is asked for, unless all are small: those of many workloads take more memory than the facts. */
export interface HistoriesByWorkload {
  readonly size: number;
  keys(): Iterable<WorkloadKey>;
  get(key: WorkloadKey): History | undefined;
  values(): Iterable<History>;
}

export interface Histories {
  readonly byWorkload: HistoriesByWorkload;
  readonly prover: Prover;
}

/** Groups sightings by the workload they are proven to come from. The facts must not change any more. */
export function assembleHistories(facts: FactSet, kinds: readonly WorkloadKind[], privateNetworks: CidrSet): Histories {
  const prover = new Prover(facts.issuances, facts.foreignKeys, kinds);
  return { byWorkload: new Assembly(facts, kinds, { prover, privateNetworks }), prover };
}

/** The history of a workload about which nothing is known yet. */
export function emptyHistory(workload: Workload, kind: WorkloadKind): History {
  return {
    key: workloadKey(workload),
    workload,
    kind,
    issuances: [],
    sightings: [],
    callsAt: () => [],
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

/** What a history is made of. */
interface Parts {
  readonly workload: Workload;
  readonly kind: WorkloadKind;
  /** Indices. */
  readonly issuances: number[];
  readonly rows: SightingRow[];
  /** By row: numbers and words, as objects for all rows take more memory than their callers. */
  readonly provenBy: ProvenBy[];
  /** By row: see `Proof.issued`. */
  readonly issued: (number | null)[];
  unproven: number;
  disproved: number;
}

interface Basis {
  readonly prover: Prover;
  readonly privateNetworks: CidrSet;
}

/** Sightings in the histories that are kept. */
const MOST_KEPT = 20_000;

class Assembly implements HistoriesByWorkload {
  private readonly parts = new Map<WorkloadKey, Parts>();
  private readonly kinds: ReadonlyMap<string, WorkloadKind>;
  private readonly kept = new Map<WorkloadKey, History>();
  private room = MOST_KEPT;
  /** Callers share sources. */
  private readonly origins = new Map<Source, SeenOrigin>();

  constructor(
    private readonly facts: FactSet,
    kinds: readonly WorkloadKind[],
    private readonly basis: Basis,
  ) {
    this.kinds = new Map(kinds.map((kind) => [kind.name, kind]));
    let index = 0;
    for (const { workload } of facts.issuances) {
      this.partsOf(workload)?.issuances.push(index);
      index += 1;
    }
    for (const { rows } of facts.sessions.values()) for (const row of rows.values()) this.place(row);
  }

  get size(): number {
    return this.parts.size;
  }

  keys(): Iterable<WorkloadKey> {
    return this.parts.keys();
  }

  get(key: WorkloadKey): History | undefined {
    const parts = this.parts.get(key);
    return parts && this.historyOf(key, parts);
  }

  *values(): Generator<History> {
    for (const [key, parts] of this.parts) yield this.historyOf(key, parts);
  }

  private partsOf(workload: Workload): Parts | null {
    const kind = this.kinds.get(workload.kind);
    if (!kind) return null;
    const key = workloadKey(workload);
    let parts = this.parts.get(key);
    if (!parts) {
      parts = { workload, kind, issuances: [], rows: [], provenBy: [], issued: [], unproven: 0, disproved: 0 };
      this.parts.set(key, parts);
    }
    return parts;
  }

  private place(row: SightingRow): void {
    const { caller } = row;
    const proof = this.proofOf(row);
    if (!proof || proof.by === 'chained') this.leaveUnproven(row);
    const parts = proof && this.partsOf(proof.workload);
    // Services that call for a chained session say nothing of the workload.
    if (!parts || (proof.by === 'chained' && this.originAt(caller.source).kind === 'service')) return;
    parts.rows.push(row);
    parts.provenBy.push(proof.by);
    parts.issued.push(proof.issued);
  }

  private proofOf({ caller, seen }: SightingRow): Proof | null {
    const console = seen.some(({ did }) => (did & Did.console) !== 0);
    return this.basis.prover.prove(caller, console) ?? this.basis.prover.proveChained(caller);
  }

  private leaveUnproven({ caller, seen }: SightingRow): void {
    const parts = caller.workload && this.partsOf(caller.workload);
    if (!parts) return;
    if (this.basis.prover.isDisproved(caller)) parts.disproved += seen.length;
    else parts.unproven += seen.length;
  }

  private historyOf(key: WorkloadKey, parts: Parts): History {
    const known = this.kept.get(key);
    if (known) return known;
    const history = this.make(key, parts);
    this.room -= history.sightings.length + 1;
    if (this.room >= 0) this.kept.set(key, history);
    return history;
  }

  private make(key: WorkloadKey, parts: Parts): History {
    const { workload, kind, rows, provenBy, issued, unproven, disproved } = parts;
    const issuances = [...new SomeFacts(this.facts.issuances, parts.issuances)].sort(byTime);
    const deliveries = new Map<string, Set<string>>();
    const sightings: ProvenSighting[] = [];
    for (const issuance of issuances) sightings.push(...this.askedBy(issuance));
    for (const [index, by] of provenBy.entries()) {
      const row = rows[index];
      if (!row) continue;
      const { delivery, source } = row.caller;
      const origin = this.originAt(source);
      const issuance = this.issuanceAt(issued[index]);
      addSightings(sightings, row, { origin, provenBy: by, issuance });
      if (delivery !== null && origin.kind !== 'service')
        deliveries.set(delivery, (deliveries.get(delivery) ?? new Set()).add(origin.key));
    }
    sightings.sort(bySightingTime);
    nameEndpointOwners(sightings, this.basis.privateNetworks);
    let samples: ReadonlyMap<string, ReadonlySet<CallSample>> | null = null;
    const callsAt = (originKey: string): CallSample[] => [...((samples ??= this.samplesOf(rows)).get(originKey) ?? [])];
    return { key, workload, kind, issuances, sightings, callsAt, deliveries, unproven, disproved };
  }

  private issuanceAt(index: number | null = null): Issuance | null {
    return index === null ? null : (this.facts.issuances.at(index) ?? null);
  }

  /** The request of a workload for its own credentials is a sighting of it. */
  private askedBy(issuance: Issuance): ProvenSighting[] {
    const { asked, sessionArn, accessKeyId, workload, region, time, eventId } = issuance;
    if (!asked) return [];
    const { source, what } = asked;
    const from = { shown: 'none', delivery: null, legacy: false, source, region } as const;
    const caller: Caller = { sessionArn, accessKeyId, workload, ...from };
    const event = { time, id: eventId, what };
    const did = Did.other | Did.issuance;
    const origin = this.originAt(source);
    return [{ caller, role: roleOf(sessionArn), origin, provenBy: 'issued-key', issuance, event, did }];
  }

  /** By the key of their origin. */
  private samplesOf(rows: readonly SightingRow[]): ReadonlyMap<string, ReadonlySet<CallSample>> {
    const samples = new Map<string, Set<CallSample>>();
    for (const { caller } of rows) {
      const { key } = this.originAt(caller.source);
      const sample = this.facts.sessions.get(caller.sessionArn)?.calls.get(callsKey(caller));
      if (sample) samples.set(key, (samples.get(key) ?? new Set()).add(sample));
    }
    return samples;
  }

  private originAt(source: Source): SeenOrigin {
    const known = this.origins.get(source);
    if (known) return known;
    const origin = originOf(source, this.basis.privateNetworks);
    this.origins.set(source, origin);
    return origin;
  }
}

function addSightings(
  sightings: ProvenSighting[],
  { caller, seen }: SightingRow,
  { origin, provenBy, issuance }: Pick<ProvenSighting, 'origin' | 'provenBy' | 'issuance'>,
): void {
  const role = roleOf(caller.sessionArn);
  for (const { event, did } of seen) sightings.push({ caller, role, origin, provenBy, issuance, event, did });
}

function byTime(a: Issuance, b: Issuance): number {
  return a.time - b.time || compareText(a.id, b.id);
}

/** The calls kept for one origin, sorted, each once; `more` when there were others. */
export function callsFrom(history: History, originKey: string): { calls: Call[]; more: boolean; lastTime: number } {
  const samples = history.callsAt(originKey);
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
