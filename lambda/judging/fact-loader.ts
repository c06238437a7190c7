import { cidrSet, type CidrSet } from '../detection/model/address';
import { addLine } from '../detection/facts/fact-jsonl';
import { FactSet } from '../detection/facts/fact-set';
import { Did } from '../detection/facts/facts';
import type { Caller, Change, Fact, ForeignKey, Issuance, Sighting } from '../detection/facts/facts';
import { principalsOf } from '../detection/facts/principals';
import { parseSessionArn } from '../detection/model/session-arn';
import { originOf, originText, type SeenOrigin, type Source } from '../detection/model/origin';
import type { AnchorSummary } from '../detection/judge/peers';
import { functionEntity, workloadKey, type Workload, type WorkloadKey } from '../detection/model/workload';
import { idIn, isUnproven, partition, PARTITIONS, prefixOf, SORT_KEYS } from '../store/table-schema';
import { entitiesOf } from '../store/change-entities';
import { parseAnchorSummary } from '../store/anchor-summary-index';
import type { LockTable, StoredItem } from '../store/lock-table';
import { OriginsToRead } from './origins-to-read';
import { ReadingQueue, type ReadingCost } from './reading-queue';
import { sightingsIn } from '../store/fact-items';
import { topic, type Subscriptions } from '../store/subscriptions';

/** Items that are read of a workload's partition, and of any other; beyond them a reading is incomplete. */
const MOST_OF_WORKLOAD = 250_000;
const MOST_ITEMS = 50_000;

/**
 * The changes made, and credentials requested, by one workload or access key: more than any deployment makes. Beyond it the
 * first in sort order are read, so that an attacker cannot keep a workload from being judged.
 */
const MOST_MADE = 10_000;

/** The sort keys of a workload's claims and steady state. */
const KEPT: ReadonlySet<string> = new Set([
  SORT_KEYS.anchorClaims,
  SORT_KEYS.suspectClaims,
  SORT_KEYS.informationalClaims,
  SORT_KEYS.steadyState,
]);

/**
 * Loads the facts that verdicts on some workloads depend on: their own, their network's, those of the callers that changed
 * it, those about its origins, and what a judgement queues. `read` reads what is queued, which may queue more. Origins come
 * last, and no more than `MOST_ORIGINS` of a workload, so that a flood of them keeps nothing else from being read.
 */
export class FactLoader {
  readonly facts = new FactSet();
  /** Anchors of other workloads. */
  readonly anchorSummaries = new Map<WorkloadKey, AnchorSummary>();
  /** Workloads with stored suspicions or findings. */
  readonly open = new Set<WorkloadKey>();
  /** Claims and steady states of the workloads to be judged, by partition and sort key. */
  readonly kept = new Map<string, StoredItem>();
  private readonly own: ReadonlyMap<string, Workload>;
  private readonly networks: CidrSet;
  private readonly isOrganizationListed: boolean;
  private readonly subscriptions: Subscriptions | null;
  private readonly queries: ReadingQueue;
  private readonly origins = new OriginsToRead();
  private readonly vpcs = new Set<string>();
  private readonly privateIps = new Set<string>();
  /** Access keys and session ARNs that made changes: their workloads are read in full. */
  private readonly makers = new Set<string>();
  private readonly issuedKeys = new Set<string>();

  constructor(
    table: LockTable,
    workloads: readonly Workload[],
    {
      privateNetworks,
      isOrganizationListed,
      subscriptions,
    }: {
      readonly privateNetworks: readonly string[];
      /** If so, it does not matter which accounts sent records. */
      readonly isOrganizationListed: boolean;
      readonly subscriptions: Subscriptions | null;
    },
  ) {
    this.networks = cidrSet(privateNetworks);
    this.isOrganizationListed = isOrganizationListed;
    this.subscriptions = subscriptions;
    this.queries = new ReadingQueue(table, subscriptions);
    this.own = new Map(workloads.map((workload) => [partition.workload(workload), workload]));
    for (const workload of workloads) this.queueWorkload(workload);
  }

  /** False if facts may be missing: a bound was reached. */
  get isComplete(): boolean {
    return !this.queries.isCut && this.unread.length === 0;
  }

  get cost(): ReadingCost {
    return this.queries.cost;
  }

  /** Origins about which facts may be missing. */
  get unread(): readonly SeenOrigin[] {
    return this.origins.unread;
  }

  /** Drops what is queued. */
  stop(): void {
    this.queries.stop();
  }

  /** Reads all that is queued. False if nothing was. */
  async read(): Promise<boolean> {
    if (this.queries.isEmpty) return false;
    // The own partitions are first: they hold the subscriptions, and the steady state must be read before any other fact.
    while (!this.queries.isEmpty) {
      for (const { pk, items } of await this.queries.next()) for (const item of items) this.take(item, pk);
      if (this.queries.isEmpty) for (const origin of this.origins.next()) this.queueOrigin(origin);
    }
    await this.subscriptions?.save();
    return true;
  }

  private queue(
    pk: string,
    about: string | null = pk,
    { prefix = '', limit = MOST_ITEMS }: { readonly prefix?: string; readonly limit?: number } = {},
  ): void {
    this.queries.add({ pk, prefix, limit, topic: about });
  }

  private queueWorkload(workload: Workload): void {
    const pk = partition.workload(workload);
    this.queue(pk, this.own.has(pk) ? null : topic.anchors(workload), { limit: MOST_OF_WORKLOAD });
    const { account, kind, id } = workload;
    this.queueEntity(`instance/${account}/${kind === 'lambda-function' ? functionEntity(id) : id}`);
    if (!this.own.has(pk)) this.queueAccount(workload.account);
  }

  private queueEntity(entity: string): void {
    this.queue(partition.entity(entity), topic.entity(entity));
  }

  /** Partitions of other workloads' anchor summaries; those of origins that are not read are left out. */
  queueAnchorSummaries(pks: Iterable<string>): void {
    const unread = new Set(this.unread.map((origin) => partition.place(originText(origin))));
    for (const pk of pks) if (!unread.has(pk)) this.queue(pk);
  }

  /** Calls made with an access key, and credentials requested with it. */
  queueKeyUses(accessKeyId: string): void {
    this.queue(partition.key(accessKeyId), topic.use(accessKeyId), {
      prefix: SORT_KEYS.requestedKey,
      limit: MOST_MADE,
    });
    this.queue(partition.key(accessKeyId), topic.use(accessKeyId), { prefix: SORT_KEYS.sighting });
  }

  /** Changes made, and credentials requested, by a workload's sessions. */
  queueChangesBy(by: string): void {
    this.queue(partition.made(by), topic.made(by), { limit: MOST_MADE });
  }

  /** Changes made, and credentials requested, with an access key. */
  queueChangesWith(accessKeyId: string): void {
    this.queueChangesBy(`key/${accessKeyId}`);
    this.queue(partition.key(accessKeyId), topic.use(accessKeyId), {
      prefix: SORT_KEYS.requestedKey,
      limit: MOST_MADE,
    });
  }

  private take(item: StoredItem, pk: string): void {
    if (this.own.has(pk)) this.takeOwn(item, pk);
    switch (prefixOf(item.sk)) {
      case SORT_KEYS.issued:
      case SORT_KEYS.requestedKey:
      case SORT_KEYS.change:
      case SORT_KEYS.grant:
      case SORT_KEYS.person:
        return this.takeFact(addLine(this.facts, item.body), pk);
      case SORT_KEYS.sighting:
        return this.takeSighting(item, pk);
      case SORT_KEYS.account:
        return this.facts.sawAccount(idIn(item.sk));
      case SORT_KEYS.claim:
        return this.takeAnchorSummary(item);
      case SORT_KEYS.finding:
      case SORT_KEYS.suspectClaims:
        this.open.add(idIn(pk));
    }
  }

  private takeOwn(item: StoredItem, pk: string): void {
    this.subscriptions?.learn(item);
    if (KEPT.has(item.sk)) this.kept.set(`${pk} ${item.sk}`, item);
  }

  private takeAnchorSummary({ body }: StoredItem): void {
    const summary = parseAnchorSummary(body);
    if (!summary) return;
    this.anchorSummaries.set(workloadKey(summary.workload), summary);
    this.queueAccount(summary.workload.account);
  }

  private takeFact(fact: Fact | null, pk: string): void {
    if (fact && 'accessKeyId' in fact && pk.startsWith(PARTITIONS.workload)) this.takeIssued(fact, pk);
    if (fact?.fact === 'change') this.takeChange(fact, pk);
    if (fact?.fact === 'grant') this.queueMaker(fact.by);
    if (fact?.fact === 'foreign-key') this.followKey(fact);
    if (fact?.fact === 'issuance') this.followIssuance(fact);
  }

  private takeIssued(fact: Issuance | ForeignKey, pk: string): void {
    if (fact.accessKeyId !== null) this.issuedKeys.add(fact.accessKeyId);
    if (fact.fact === 'issuance' && fact.asked) this.takeOrigin(fact.asked.source, pk, fact.time);
  }

  private followIssuance({ workload, accessKeyId, sessionArn }: Issuance): void {
    if (this.makers.has(sessionArn) || this.makers.has(accessKeyId ?? '')) this.queueWorkload(workload);
  }

  private followKey({ accessKeyId, by }: ForeignKey): void {
    if (by && this.makers.has(accessKeyId)) this.queueMaker(by);
  }

  private takeChange(change: Change, pk: string): void {
    this.queueAccount(change.account);
    if (change.transferTo) this.queueAccount(change.transferTo);
    if (change.by) this.queueMaker(change.by);
    // Of the changes read for who made them, only those that may show the maker's own interfaces concern this network.
    if (!pk.startsWith(PARTITIONS.madeBy) || change.action.startsWith('Assign')) this.follow(change);
  }

  private follow(change: Change): void {
    for (const entity of entitiesOf(change)) if (!entity.startsWith('private/')) this.queueEntity(entity);
    if (change.instanceId?.startsWith(functionEntity('')) && change.vpcId) this.queueEntity(`vpc/${change.vpcId}`);
    for (const vpc of [change.vpcId, ...change.interfaces.map((one) => one.vpcId)]) if (vpc) this.queueVpc(vpc);
  }

  private takeSighting(item: StoredItem, pk: string): void {
    for (const sighting of sightingsIn(item)) {
      this.facts.add(sighting);
      if (pk.startsWith(PARTITIONS.workload)) this.queueReadsOf(sighting, pk);
    }
  }

  private queueReadsOf({ caller, did, event }: Sighting, pk: string): void {
    this.takeOrigin(caller.source, pk, event.time);
    const isIssued = caller.accessKeyId !== null && this.issuedKeys.has(caller.accessKeyId);
    if ((isUnproven(caller) && !isIssued) || (did & Did.console) !== 0) this.queueProof(caller);
  }

  private takeOrigin(source: Source, pk: string, time: number): void {
    const origin = originOf(source, this.networks);
    if (origin.path !== null) this.origins.add(origin, pk, time);
    if (this.origins.areSeveral(pk)) this.queueEntity(`routes/${idIn(pk).split('/')[1] ?? ''}`);
  }

  private queueOrigin({ kind, ip, endpointId, endpointAccount }: SeenOrigin): void {
    if (kind === 'public') {
      this.queueEntity(`ip/${ip ?? ''}`);
      this.queueEntity('byoip');
    }
    if (kind === 'cluster' && ip !== null) this.queuePrivateIp(ip);
    if (kind !== 'endpoint') return;
    this.queueEntity(`endpoint/${endpointId ?? ''}`);
    if (endpointAccount !== null) this.queueAccount(endpointAccount);
    if (ip !== null) this.queuePrivateIp(ip);
  }

  private queueProof({ accessKeyId, sessionArn }: Caller): void {
    if (accessKeyId !== null)
      this.queue(partition.key(accessKeyId), topic.key(accessKeyId), { prefix: SORT_KEYS.issued });
    this.queue(partition.session(sessionArn), topic.session(sessionArn), { prefix: SORT_KEYS.issued });
  }

  /** A change counts only if its maker called from its own base. */
  private queueMaker(by: Caller): void {
    const { workload, accessKeyId, sessionArn } = by;
    if (workload) this.queueWorkload(workload);
    if (parseSessionArn(sessionArn)) this.queueProof(by);
    for (const to of principalsOf(by)) this.queue(partition.grants(to), topic.grants(to));
    if (this.makers.has(accessKeyId ?? sessionArn)) return;
    this.makers.add(accessKeyId ?? sessionArn).add(sessionArn);
    for (const issuance of this.facts.issuances.values()) this.followIssuance(issuance);
    const key = this.facts.foreignKeys.get(accessKeyId ?? '');
    if (key) this.followKey(key);
  }

  private queueVpc(vpcId: string): void {
    this.vpcs.add(vpcId);
    for (const ip of this.privateIps) this.queueEntity(`private/${vpcId}/${ip}`);
  }

  private queuePrivateIp(ip: string): void {
    this.privateIps.add(ip);
    // Records of further addresses of a NAT gateway name no VPC.
    this.queueEntity(`private//${ip}`);
    for (const vpcId of this.vpcs) this.queueEntity(`private/${vpcId}/${ip}`);
  }

  private queueAccount(account: string): void {
    const own = [...this.own.values()];
    if (this.isOrganizationListed || own.every((workload) => workload.account === account)) return;
    this.queue(PARTITIONS.accounts, topic.account(account), { prefix: `${SORT_KEYS.account}${account}` });
  }
}
