import { cidrSet, type CidrSet } from '../detection/address';
import { addLine, rowIn } from '../detection/fact-lines';
import { FactSet } from '../detection/fact-set';
import { Did, type Caller, type Change, type Fact } from '../detection/facts';
import { originOf, type SeenOrigin } from '../detection/origin';
import { workloadKey, type Workload, type WorkloadKey } from '../detection/workload';
import { entitiesOf, partition } from './filing';
import type { LockTable, StoredItem } from './lock-table';

/** A workload whose network takes more than this many partitions to read is judged by those read first, which is logged. */
const MOST_PARTITIONS = 2_000;

/** Sessions assumed with stolen keys are followed so far, and the last one's calls are read. */
const HOPS = 2;

/** The facts that can bear on a workload's verdicts: its own, those of its network, and those of whoever changed that. */
export interface Neighbourhood {
  readonly facts: FactSet;
  /** Every origin the workload was seen at. */
  readonly origins: readonly SeenOrigin[];
  /** Workloads with stored suspicions or findings. */
  readonly open: ReadonlySet<WorkloadKey>;
  /** Partitions read. */
  readonly partitions: number;
}

/** Gathers what `detect` needs to judge these workloads as it would judge them among all. Reads strongly consistently. */
export async function gather(
  table: LockTable,
  workloads: readonly Workload[],
  privateNetworks: readonly string[],
): Promise<Neighbourhood> {
  const gathering = new Gathering(table, privateNetworks);
  for (const workload of workloads) gathering.wantWorkload(workload);
  await gathering.run();
  const { facts, open, read } = gathering;
  return { facts, open, origins: [...gathering.origins.values()], partitions: read.size };
}

/** Adds the keys that were asked for with these, hop by hop, and what was done with them. */
export async function gatherChained(table: LockTable, facts: FactSet, accessKeyIds: readonly string[]): Promise<void> {
  const seen = new Set<string>();
  let latest = accessKeyIds;
  for (let hop = 0; hop <= HOPS; hop += 1) {
    const fresh = latest.filter((key) => !seen.has(key));
    for (const key of fresh) seen.add(key);
    const answers = await Promise.all(fresh.map((key) => table.query(partition.key(key))));
    for (const item of answers.flat()) takeInto(facts, item);
    const asked = new Set(fresh);
    latest = [...facts.foreignKeys.values()]
      .filter(({ by }) => by && asked.has(by.accessKeyId ?? ''))
      .map((key) => key.accessKeyId);
  }
}

function takeInto(facts: FactSet, item: StoredItem): Fact | null {
  const kind = item.sk.slice(0, 2);
  if (FACTS.has(kind)) return addLine(facts, item.body);
  if (kind !== 'S#') return null;
  const { caller, seen } = rowIn(item.body);
  for (const { event } of seen) facts.add({ fact: 'sighting', caller, did: didIn(item), event });
  return null;
}

function didIn(item: StoredItem): number {
  return Object.entries(Did).reduce((bits, [name, bit]) => (item.did.includes(name) ? bits | bit : bits), 0);
}

/** Sort-key prefixes of issuances, foreign keys and changes. */
const FACTS = new Set(['I#', 'F#', 'X#']);

class Gathering {
  readonly facts = new FactSet();
  readonly origins = new Map<string, SeenOrigin>();
  readonly read = new Set<string>();
  readonly open = new Set<WorkloadKey>();
  private readonly asked = new Map<WorkloadKey, Workload>();
  private wanted: string[] = [partition.accounts, partition.entity('byoip')];
  private readonly vpcs = new Set<string>();
  private readonly networks: CidrSet;

  constructor(
    private readonly table: LockTable,
    privateNetworks: readonly string[],
  ) {
    this.networks = cidrSet(privateNetworks);
  }

  wantWorkload(workload: Workload): void {
    const key = workloadKey(workload);
    if (this.asked.has(key)) return;
    this.asked.set(key, workload);
    this.want(partition.workload(workload));
    this.want(partition.entity(`instance/${workload.account}/${workload.id}`));
  }

  async run(): Promise<void> {
    await this.readWanted();
    for (const vpcId of this.vpcs) {
      for (const { kind, ip } of this.origins.values())
        if (kind === 'endpoint') this.want(partition.entity(`private/${vpcId}/${ip ?? ''}`));
    }
    await this.readWanted();
  }

  private async readWanted(): Promise<void> {
    while (this.wanted.length > 0 && this.read.size < MOST_PARTITIONS) {
      const batch = [...new Set(this.wanted)].filter((pk) => !this.read.has(pk)).slice(0, 25);
      this.wanted = this.wanted.filter((pk) => !batch.includes(pk) && !this.read.has(pk));
      for (const pk of batch) this.read.add(pk);
      const answers = await Promise.all(batch.map((pk) => this.table.query(pk)));
      for (const items of answers) for (const item of items) this.take(item);
    }
  }

  private want(pk: string): void {
    if (!this.read.has(pk)) this.wanted.push(pk);
  }

  private take(item: StoredItem): void {
    const kind = item.sk.slice(0, 2);
    if (kind === 'V#' || kind === 'Q#') this.open.add(item.pk.slice(2));
    if (kind === 'S#') return this.takeSighting(item);
    if (kind === 'T#') return this.facts.sawAccount(item.sk.slice(2));
    if (FACTS.has(kind)) this.takeFact(addLine(this.facts, item.body));
  }

  private takeFact(fact: Fact | null): void {
    if (fact?.fact === 'issuance') this.wantKey(fact.accessKeyId);
    if (fact?.fact === 'foreign-key' && fact.by) this.wantCaller(fact.by);
    if (fact?.fact === 'change') this.follow(fact);
  }

  private takeSighting(item: StoredItem): void {
    takeInto(this.facts, item);
    const { caller } = rowIn(item.body);
    const did = didIn(item);
    const origin = originOf(caller.source, this.networks);
    this.origins.set(origin.key, origin);
    if (origin.kind === 'public') this.want(partition.entity(`ip/${origin.ip ?? ''}`));
    if (origin.kind === 'endpoint') this.want(partition.entity(`endpoint/${origin.endpointId ?? ''}`));
    if (caller.shown === 'shape' || (did & Did.console) !== 0) this.wantCaller(caller);
  }

  /** Everything the change names, and whoever made it. */
  private follow(change: Change): void {
    for (const entity of entitiesOf(change)) if (!entity.startsWith('private/')) this.want(partition.entity(entity));
    if (change.instanceId) this.wantNeighbours(change);
    if (change.by) this.wantCaller(change.by);
  }

  /** Who else has a private address of the workload's origins in its VPC. */
  private wantNeighbours({ interfaces, vpcId }: Change): void {
    for (const vpc of new Set([vpcId, ...interfaces.map((one) => one.vpcId)])) if (vpc) this.vpcs.add(vpc);
  }

  private wantCaller({ workload, accessKeyId, sessionArn }: Caller): void {
    this.wantKey(accessKeyId);
    this.want(partition.session(sessionArn));
    if (workload) this.wantWorkload(workload);
  }

  private wantKey(accessKeyId: string | null): void {
    if (accessKeyId !== null) this.want(partition.key(accessKeyId));
  }
}
