import { composeFindings, judgingBasisOf, type WorkloadFindings } from '../detection/detect';
import { Chains } from '../detection/findings/chained-sessions';
import type { IpRanges } from '../detection/model/ip-ranges';
import type { History, ProvenSighting } from '../detection/facts/workload-history';
import { judge, type Judgement } from '../detection/judge/judge';
import { reportedVerdicts, type ReportedVerdicts } from '../detection/findings/reported-verdicts';
import { originText } from '../detection/model/origin';
import type { AwayDays, NetworkFacts } from '../detection/judge/accepted-changes';
import type { Settings } from '../detection/model/settings';
import { LATE } from '../detection/judge/late-first-use';
import { rivalledPlaces } from '../detection/judge/displaced-first-use';
import { anchorSummaryOf, peersOf, type AnchorSummary, type Peers } from '../detection/judge/peers';
import { informationalDecisions } from '../detection/findings/informational-findings';
import { workloadKey, type Workload, type WorkloadKey } from '../detection/model/workload';
import { isUnproven, partition } from '../store/table-schema';
import { recordingQuestions } from '../store/anchor-summary-index';
import type { LockTable, StoredItem } from '../store/lock-table';
import { FactLoader } from './fact-loader';
import type { ReadingCost } from './reading-queue';
import type { Subscriptions } from '../store/subscriptions';

export interface JudgingContext {
  readonly table: LockTable;
  readonly settings: Settings;
  readonly ipRanges: IpRanges | null;
}

/** A workload's verdicts and the summary of its anchors that the judgements of others read. */
export interface Judged {
  readonly workload: Workload;
  readonly judgement: Judgement;
  readonly reported: ReportedVerdicts;
  /** Composes the findings. */
  readonly compose: () => WorkloadFindings;
  readonly anchorSummary: AnchorSummary;
  /** Other workloads' networks depend on them, where this one changed them. */
  readonly awayDays: AwayDays;
  /** The workload's claims or steady state as read when the judgement began. */
  readonly kept: (sk: string) => StoredItem | undefined;
}

export interface Judgements {
  readonly judged: readonly Judged[];
  readonly peers: Peers;
  /** Workloads with stored suspicions or findings. */
  readonly open: ReadonlySet<WorkloadKey>;
  /** False if facts may be missing: by such a judgement nothing is archived, and no trust is published. */
  readonly isComplete: boolean;
  readonly cost: ReadingCost;
  /** Time of the latest network change they were judged by, in epoch milliseconds; zero if none. */
  readonly newestChange: number;
}

/** Each round reads what the judgement before it lacked, one hop further, and judges again. */
const MOST_ROUNDS = 12;
/** Derived sessions are followed this far, and the last one's calls are read. */
const HOPS = 2;

/**
 * Judges these workloads by the facts in the table, as `detect` would among all of them. With `subscriptions` it
 * subscribes to all that it reads.
 */
export async function judgeWorkloads(
  workloads: readonly Workload[],
  context: JudgingContext,
  subscriptions: Subscriptions | null = null,
): Promise<Judgements> {
  const { privateNetworks, organizationAccounts } = context.settings;
  const isOrganizationListed = organizationAccounts.length > 0;
  const options = { privateNetworks, isOrganizationListed, subscriptions };
  const loader = new FactLoader(context.table, workloads, options);
  await loader.read();
  for (let count = 1; ; count += 1) {
    const round = new JudgingRound(workloads, loader, context);
    round.queueMissing();
    if (count === MOST_ROUNDS) loader.stop();
    if (!(await loader.read())) return round.judgements();
  }
}

/** One judgement by the facts read so far. */
class JudgingRound {
  private readonly peers: Peers;
  private readonly histories: ReadonlyMap<WorkloadKey, History>;
  private readonly made: readonly { readonly judgement: Judgement; readonly asked: ReadonlySet<string> }[];
  private readonly awayDaysOf: NetworkFacts['awayDaysOf'];
  /** Access keys by the one they were requested with. */
  private readonly requested = new Map<string, string[]>();

  constructor(
    workloads: readonly Workload[],
    private readonly loader: FactLoader,
    private readonly context: JudgingContext,
  ) {
    const { settings, ipRanges } = context;
    for (const { by, accessKeyId } of loader.facts.foreignKeys.values()) {
      if (!by?.accessKeyId) continue;
      const siblings = this.requested.get(by.accessKeyId);
      if (siblings) siblings.push(accessKeyId);
      else this.requested.set(by.accessKeyId, [accessKeyId]);
    }
    const unread = new Set(loader.unread.map(({ key }) => key));
    const basis = judgingBasisOf({ facts: loader.facts, settings, ipRanges, unread });
    const keys = new Set(workloads.map(workloadKey));
    const known = [...basis.workloads.keys()].filter((key) => keys.has(key));
    this.histories = new Map(known.flatMap((key) => basis.workloads.get(key) ?? []).map((one) => [one.key, one]));
    this.peers = peersOf(this.histories, basis, loader.anchorSummaries.values());
    this.awayDaysOf = basis.awayDaysOf;
    this.made = [...this.histories.values()].map((history) => this.judgeOne(history));
  }

  private judgeOne(history: History): { judgement: Judgement; asked: ReadonlySet<string> } {
    const asked = new Set<string>();
    const peers = recordingQuestions(this.peers, asked);
    const judgement = judge(history, peers);
    if (this.context.settings.serviceCallerFindings) informationalDecisions([{ judgement, peers }]);
    for (const place of anchorsOfVerdicts(judgement)) peers.anchoredAt(place);
    return { judgement, asked };
  }

  /** Queues the reads the judgements lack. */
  queueMissing(): void {
    const { loader, context } = this;
    for (const { judgement, asked } of this.made) {
      const { verdicts, history } = judgement;
      if (verdicts.length === 0 && hasOneOrigin(history) && !context.settings.serviceCallerFindings) continue;
      if (verdicts.length > 0) this.queueDerived(judgement);
      loader.queueAnchorSummaries(asked);
    }
  }

  /** Findings name the sessions derived from stolen credentials, and changes by any of the workload's sessions. */
  private queueDerived(judgement: Judgement): void {
    const { loader } = this;
    const { history } = judgement;
    loader.queueChangesBy(workloadKey(history.workload));
    const unproven = history.sightings.filter(({ caller }) => isUnproven(caller));
    for (const key of this.requestedWith(keysIn(unproven))) loader.queueChangesWith(key);
    for (const key of this.requestedWith(keysIn(history.sightings)))
      if (this.wasRequested(key)) loader.queueChangesWith(key);
    for (const key of this.requestedWith(keysOf(judgement), HOPS)) loader.queueKeyUses(key);
  }

  private wasRequested(accessKeyId: string): boolean {
    return this.loader.facts.foreignKeys.has(accessKeyId);
  }

  /** These access keys, and those requested with them, hop by hop. */
  private requestedWith(accessKeyIds: Iterable<string>, hops = Infinity): ReadonlySet<string> {
    const found = new Set(accessKeyIds);
    let latest: Iterable<string> = [...found];
    for (let hop = 0; hop < hops; hop += 1) {
      const children = [...latest].flatMap((parent) => this.requested.get(parent) ?? []);
      latest = new Set(children.filter((key) => !found.has(key)));
      for (const key of latest) found.add(key);
      if (children.length === 0) break;
    }
    return found;
  }

  judgements(): Judgements {
    const { peers, loader } = this;
    const chains = new Chains(loader.facts, peers.privateNetworks);
    const judged = this.made.map(({ judgement }) => {
      const { workload } = judgement.history;
      const reported = reportedVerdicts(judgement, peers.settings);
      return {
        workload,
        judgement,
        reported,
        compose: () => composeFindings(judgement, reported, { chains, peers }),
        anchorSummary: anchorSummaryOf(
          judgement.subject,
          judgement.anchors,
          peers,
          rivalledPlaces(judgement.history, peers),
        ),
        awayDays: this.awayDaysOf(judgement.history),
        kept: (sk: string) => loader.kept.get(`${partition.workload(workload)} ${sk}`),
      };
    });
    const newestChange = Math.max(0, ...[...loader.facts.changes.values()].map(({ time }) => time));
    const { open, isComplete, cost } = loader;
    return { judged, peers, open, isComplete, cost, newestChange };
  }
}

/** The access keys used at untrusted origins. */
function keysOf({ verdicts }: Judgement): string[] {
  return verdicts.flatMap(({ sightings }) => keysIn(sightings));
}

function keysIn(sightings: readonly ProvenSighting[]): string[] {
  return sightings.flatMap(({ caller }) => caller.accessKeyId ?? []);
}

/** The anchors of suspects that may have moved with a fleet: other workloads still there show that they did not. */
function anchorsOfVerdicts({ verdicts }: Judgement): string[] {
  return verdicts.flatMap(({ anchor, owner }) =>
    anchor && owner.ownership !== 'outside-aws' ? [originText(anchor.origin)] : [],
  );
}

/**
 * True if the workload has one origin on each path, and used none of them late. Without verdicts, other workloads' facts then change nothing, so most
 * workloads are judged by their own facts alone.
 */
export function hasOneOrigin({ sightings }: History): boolean {
  const byPath = new Map<string, string>();
  let first = Infinity;
  for (const { origin, event } of sightings) {
    if (origin.path === null) continue;
    first = Math.min(first, event.time);
    const known = byPath.get(origin.path);
    if (known === undefined ? event.time >= first + LATE : known !== origin.key) return false;
    byPath.set(origin.path, origin.key);
  }
  return true;
}
