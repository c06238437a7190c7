import { cidrSet, type CidrSet } from '../detection/model/address';
import { addLine } from '../detection/facts/fact-jsonl';
import { FactSet } from '../detection/facts/fact-set';
import {
  Did,
  type Caller,
  type Change,
  type Fact,
  type ForeignKey,
  type Issuance,
  type Sighting,
} from '../detection/facts/facts';
import { originOf } from '../detection/model/origin';
import type { Source } from '../detection/model/origin';
import type { AnchorSummary } from '../detection/judge/peers';
import { workloadKey, type Workload, type WorkloadKey } from '../detection/model/workload';
import { entitiesOf, idIn, isUnproven, partition, PARTITIONS, prefixOf, SORT_KEYS } from '../store/table-schema';
import { parseAnchorSummary } from '../store/anchor-summary-index';
import type { LockTable, StoredItem } from '../store/lock-table';
import { sightingsIn } from '../store/fact-items';
import { topic, type Subscriptions } from '../store/subscriptions';

/** A workload whose network takes more than this many queries to read is judged by what was read first. */
const MOST_QUERIES = 2_000;
const AT_ONCE = 25;

/**
 * Changes made by one workload or key, and keys asked for with it: of whoever makes more of them than any deployment would
 * (a thief who wants his victim never to be judged), those that sort first by account and event are read.
 */
const MOST_MADE = 10_000;

/** The sort keys of a workload's claims and steady state. */
const KEPT: ReadonlySet<string> = new Set([
  SORT_KEYS.anchorClaims,
  SORT_KEYS.suspectClaims,
  SORT_KEYS.informationalClaims,
  SORT_KEYS.steadyState,
]);

interface Wanted {
  readonly pk: string;
  readonly prefix: string;
  /** Items that are read of it. */
  readonly most: number;
  /** What changes when something is filed there; null for what only the workload itself files. */
  readonly topic: string | null;
}

/**
 * The facts that bear on the verdicts on some workloads: their own, those of their network, of whoever changed that, and
 * what a judgement asks for besides. What is wanted is read by `read`, which may make more wanted.
 */
export class FactLoader {
  readonly facts = new FactSet();
  /** By workload key: where others are anchored. */
  readonly footprints = new Map<WorkloadKey, AnchorSummary>();
  /** Workloads with stored suspicions or findings. */
  readonly open = new Set<WorkloadKey>();
  /** What the workloads to be judged keep of themselves besides facts, by partition and sort key. */
  readonly kept = new Map<string, StoredItem>();
  private readonly own: ReadonlyMap<string, Workload>;
  private readonly networks: CidrSet;
  private readonly isOrganizationListed: boolean;
  private readonly subscriptions: Subscriptions | null;
  private readonly seen = new Set<string>();
  private wanted: Wanted[] = [];
  private readonly vpcs = new Set<string>();
  private readonly privateIps = new Set<string>();
  /** Keys and session ARNs behind changes, for whose workloads everything is read. */
  private readonly makers = new Set<string>();
  private readonly issuedKeys = new Set<string>();

  constructor(
    private readonly table: LockTable,
    workloads: readonly Workload[],
    {
      privateNetworks,
      isOrganizationListed,
      subscriptions,
    }: {
      readonly privateNetworks: readonly string[];
      /** Then it matters not whose records were seen. */
      readonly isOrganizationListed: boolean;
      readonly subscriptions: Subscriptions | null;
    },
  ) {
    this.networks = cidrSet(privateNetworks);
    this.isOrganizationListed = isOrganizationListed;
    this.subscriptions = subscriptions;
    this.own = new Map(workloads.map((workload) => [partition.workload(workload), workload]));
    for (const workload of workloads) this.wantWorkload(workload);
  }

  /** Reads all that is wanted. False when nothing was. */
  async read(): Promise<boolean> {
    if (this.wanted.length === 0) return false;
    // There the subscriptions stand, and the note that must be older than all that is judged by.
    await this.readSome(this.wanted.filter(({ pk }) => this.own.has(pk)));
    while (this.wanted.length > 0 && this.seen.size < MOST_QUERIES) await this.readSome(this.wanted.slice(0, AT_ONCE));
    this.wanted = [];
    await this.subscriptions?.save();
    return true;
  }

  private async readSome(some: readonly Wanted[]): Promise<void> {
    this.wanted = this.wanted.filter((one) => !some.includes(one));
    await this.subscriptions?.to(some.flatMap((one) => one.topic ?? []));
    const answers = await Promise.all(some.map(({ pk, prefix, most }) => this.table.query(pk, prefix, most)));
    for (const [at, { pk }] of some.entries()) for (const item of answers[at] ?? []) this.take(item, pk);
  }

  private want(
    pk: string,
    about: string | null = pk,
    { prefix = '', most = Infinity }: { readonly prefix?: string; readonly most?: number } = {},
  ): void {
    const key = `${pk} ${prefix}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.wanted.push({ pk, prefix, most, topic: about });
  }

  private wantWorkload(workload: Workload): void {
    const pk = partition.workload(workload);
    this.want(pk, this.own.has(pk) ? null : topic.footprint(workload));
    this.wantEntity(`instance/${workload.account}/${workload.id}`);
    if (!this.own.has(pk)) this.noticeAccount(workload.account);
  }

  private wantEntity(entity: string): void {
    this.want(partition.entity(entity), topic.entity(entity));
  }

  /** Where other workloads are anchored: a partition of footprints. */
  wantFootprints(pk: string): void {
    this.want(pk);
  }

  /** What was done with a key, and which keys were asked for with it. */
  wantUses(accessKeyId: string): void {
    this.want(partition.key(accessKeyId), topic.use(accessKeyId), { prefix: SORT_KEYS.requestedKey, most: MOST_MADE });
    this.want(partition.key(accessKeyId), topic.use(accessKeyId), { prefix: SORT_KEYS.sighting });
  }

  /** The changes that a workload's sessions made, and the keys they asked for. */
  wantMade(by: string): void {
    this.want(partition.made(by), topic.made(by), { most: MOST_MADE });
  }

  /** The changes made with a key, and the keys asked for with it. */
  wantMadeWith(accessKeyId: string): void {
    this.wantMade(`key/${accessKeyId}`);
    this.want(partition.key(accessKeyId), topic.use(accessKeyId), { prefix: SORT_KEYS.requestedKey, most: MOST_MADE });
  }

  private take(item: StoredItem, pk: string): void {
    if (this.own.has(pk)) this.takeOwn(item, pk);
    switch (prefixOf(item.sk)) {
      case SORT_KEYS.issued:
      case SORT_KEYS.requestedKey:
      case SORT_KEYS.change:
        return this.takeFact(addLine(this.facts, item.body), pk);
      case SORT_KEYS.sighting:
        return this.takeSighting(item, pk);
      case SORT_KEYS.account:
        return this.facts.sawAccount(idIn(item.sk));
      case SORT_KEYS.claim:
        return this.takeFootprint(item);
      case SORT_KEYS.finding:
      case SORT_KEYS.suspectClaims:
        this.open.add(idIn(pk));
    }
  }

  private takeOwn(item: StoredItem, pk: string): void {
    this.subscriptions?.learn(item);
    if (KEPT.has(item.sk)) this.kept.set(`${pk} ${item.sk}`, item);
  }

  private takeFootprint({ body }: StoredItem): void {
    const footprint = parseAnchorSummary(body);
    if (!footprint) return;
    this.footprints.set(workloadKey(footprint.workload), footprint);
    this.noticeAccount(footprint.workload.account);
  }

  private takeFact(fact: Fact | null, pk: string): void {
    if (fact?.fact === 'change') return this.takeChange(fact, pk);
    if (fact?.fact === 'issuance') {
      if (pk.startsWith(PARTITIONS.workload) && fact.accessKeyId !== null) this.issuedKeys.add(fact.accessKeyId);
      if (pk.startsWith(PARTITIONS.workload) && fact.asked) this.takeOrigin(fact.asked.source);
      this.followIssuance(fact);
    }
    if (fact?.fact === 'foreign-key') this.followKey(fact);
  }

  private followIssuance({ workload, accessKeyId, sessionArn }: Issuance): void {
    if (this.makers.has(sessionArn) || this.makers.has(accessKeyId ?? '')) this.wantWorkload(workload);
  }

  private followKey({ accessKeyId, by }: ForeignKey): void {
    if (by && this.makers.has(accessKeyId)) this.wantMaker(by);
  }

  private takeChange(change: Change, pk: string): void {
    this.noticeAccount(change.account);
    if (change.transferTo) this.noticeAccount(change.transferTo);
    if (change.by) this.wantMaker(change.by);
    // What somebody made elsewhere is read for the making, not for the place.
    if (!pk.startsWith(PARTITIONS.madeBy)) this.follow(change);
  }

  private follow(change: Change): void {
    for (const entity of entitiesOf(change)) if (!entity.startsWith('private/')) this.wantEntity(entity);
    for (const vpc of [change.vpcId, ...change.interfaces.map((one) => one.vpcId)]) if (vpc) this.wantVpc(vpc);
  }

  private takeSighting(item: StoredItem, pk: string): void {
    for (const sighting of sightingsIn(item)) {
      this.facts.add(sighting);
      if (pk.startsWith(PARTITIONS.workload)) this.askAbout(sighting);
    }
  }

  private askAbout({ caller, did }: Sighting): void {
    this.takeOrigin(caller.source);
    const isIssued = caller.accessKeyId !== null && this.issuedKeys.has(caller.accessKeyId);
    if ((isUnproven(caller) && !isIssued) || (did & Did.console) !== 0) this.wantProof(caller);
  }

  private takeOrigin(source: Source): void {
    const { kind, ip, endpointId, endpointAccount } = originOf(source, this.networks);
    if (kind === 'public') {
      this.wantEntity(`ip/${ip ?? ''}`);
      this.wantEntity('byoip');
    }
    if (kind !== 'endpoint') return;
    this.wantEntity(`endpoint/${endpointId ?? ''}`);
    if (endpointAccount !== null) this.noticeAccount(endpointAccount);
    if (ip !== null) this.wantPrivateIp(ip);
  }

  private wantProof({ accessKeyId, sessionArn }: Caller): void {
    if (accessKeyId !== null)
      this.want(partition.key(accessKeyId), topic.key(accessKeyId), { prefix: SORT_KEYS.issued });
    this.want(partition.session(sessionArn), topic.session(sessionArn), { prefix: SORT_KEYS.issued });
  }

  /** Whoever made a change: whether it counts depends on where he is at home. */
  private wantMaker(by: Caller): void {
    const { workload, accessKeyId, sessionArn } = by;
    if (workload) this.wantWorkload(workload);
    this.wantProof(by);
    if (this.makers.has(accessKeyId ?? sessionArn)) return;
    this.makers.add(accessKeyId ?? sessionArn).add(sessionArn);
    for (const issuance of this.facts.issuances.values()) this.followIssuance(issuance);
    const key = this.facts.foreignKeys.get(accessKeyId ?? '');
    if (key) this.followKey(key);
  }

  private wantVpc(vpcId: string): void {
    this.vpcs.add(vpcId);
    for (const ip of this.privateIps) this.wantEntity(`private/${vpcId}/${ip}`);
  }

  private wantPrivateIp(ip: string): void {
    this.privateIps.add(ip);
    for (const vpcId of this.vpcs) this.wantEntity(`private/${vpcId}/${ip}`);
  }

  private noticeAccount(account: string): void {
    const own = [...this.own.values()];
    if (this.isOrganizationListed || own.every((workload) => workload.account === account)) return;
    this.want(PARTITIONS.accounts, topic.account(account), { prefix: `${SORT_KEYS.account}${account}` });
  }
}
