import { composeFindings, judgingBasisOf, rejectedBy, type WorkloadFindings } from '../detection/detect';
import { Chains } from '../detection/findings/chained-sessions';
import type { IpRanges } from '../detection/model/ip-ranges';
import type { History, ProvenSighting } from '../detection/facts/workload-history';
import { judge, type Judgement } from '../detection/judge/judge';
import { reportedVerdicts, type ReportedVerdicts } from '../detection/findings/reported-verdicts';
import { originText } from '../detection/model/origin';
import type { Settings } from '../detection/model/settings';
import { anchorSummaryOf, peersOf, type AnchorSummary, type Peers } from '../detection/judge/peers';
import { informationalDecisions } from '../detection/findings/informational-findings';
import { workloadKey, type Workload, type WorkloadKey } from '../detection/model/workload';
import { isUnproven, partition } from '../store/table-schema';
import { recordingQuestions } from '../store/anchor-summary-index';
import type { LockTable, StoredItem } from '../store/lock-table';
import { FactLoader } from './fact-loader';
import type { Subscriptions } from '../store/subscriptions';

/** What every judgement is made with. */
export interface JudgingContext {
  readonly table: LockTable;
  readonly settings: Settings;
  readonly ipRanges: IpRanges | null;
}

/** A workload's verdicts and what the judgements of others will ask of it. */
export interface Judged {
  readonly workload: Workload;
  readonly judgement: Judgement;
  readonly reported: ReportedVerdicts;
  /** Composes the findings. */
  readonly compose: () => WorkloadFindings;
  readonly footprint: AnchorSummary;
  /** What the workload kept of itself when the judgement began to read: claims, the note of calm. */
  readonly kept: (sk: string) => StoredItem | undefined;
}

export interface Judgements {
  readonly judged: readonly Judged[];
  readonly around: Peers;
  /** Those of them that have stored suspicions or findings. */
  readonly open: ReadonlySet<WorkloadKey>;
  /** When the network changed last that they were judged by, in epoch milliseconds; zero if never. */
  readonly newestChange: number;
}

/** What a judgement asks for is read, and then it is made again; each round goes one hop further than the one before. */
const MOST_ROUNDS = 12;
/** Sessions assumed with stolen keys are followed so far, and the last one's calls are read. */
const HOPS = 2;

/**
 * Judges these workloads by the facts in the table, as `detect` would among all of them. With `subscriptions` it
 * subscribes to all that it reads.
 */
export async function judgeWorkloads(
  workloads: readonly Workload[],
  bench: JudgingContext,
  subscriptions: Subscriptions | null = null,
): Promise<Judgements> {
  const { privateNetworks, organizationAccounts } = bench.settings;
  const isOrganizationListed = organizationAccounts.length > 0;
  const options = { privateNetworks, isOrganizationListed, subscriptions };
  const neighbourhood = new FactLoader(bench.table, workloads, options);
  await neighbourhood.read();
  for (let round = 1; ; round += 1) {
    const session = new JudgingRound(workloads, neighbourhood, bench);
    session.askFurther();
    if (round === MOST_ROUNDS || !(await neighbourhood.read())) return session.judgements();
  }
}

/** One judgement by what was read so far. */
class JudgingRound {
  private readonly around: Peers;
  private readonly histories: ReadonlyMap<WorkloadKey, History>;
  private readonly made: readonly { readonly judgement: Judgement; readonly asked: ReadonlySet<string> }[];
  private readonly alibis: ReturnType<typeof rejectedBy>;

  constructor(
    workloads: readonly Workload[],
    private readonly neighbourhood: FactLoader,
    private readonly bench: JudgingContext,
  ) {
    const { settings, ipRanges } = bench;
    const basis = judgingBasisOf({ facts: neighbourhood.facts, settings, ipRanges });
    const keys = new Set(workloads.map(workloadKey));
    this.histories = new Map([...basis.living].filter(([key]) => keys.has(key)));
    this.around = peersOf(this.histories, basis, neighbourhood.footprints.values());
    this.alibis = rejectedBy(basis.rejected);
    this.made = [...this.histories.values()].map((history) => this.judgeOne(history));
  }

  private judgeOne(history: History): { judgement: Judgement; asked: ReadonlySet<string> } {
    const asked = new Set<string>();
    const around = recordingQuestions(this.around, asked);
    const judgement = judge(history, around);
    if (this.bench.settings.serviceCallerFindings) informationalDecisions([{ judgement, peers: around }]);
    for (const place of anchorsOfVerdicts(judgement)) around.anchoredAt(place);
    return { judgement, asked };
  }

  /** Makes wanted what the judgements depend on besides. */
  askFurther(): void {
    const { neighbourhood, bench } = this;
    for (const { judgement, asked } of this.made) {
      const { verdicts, history } = judgement;
      if (verdicts.length === 0 && hasOneOrigin(history) && !bench.settings.serviceCallerFindings) continue;
      for (const place of asked) neighbourhood.wantFootprints(place);
      if (verdicts.length === 0) continue;
      // What was made of stolen keys is told; a change by any session that began here is evidence.
      for (const key of this.askedForWith(keysOf(judgement), HOPS)) neighbourhood.wantUses(key);
      neighbourhood.wantMade(workloadKey(history.workload));
      const unproven = history.sightings.filter(({ caller }) => isUnproven(caller));
      for (const key of this.askedForWith(keysIn(unproven))) neighbourhood.wantMadeWith(key);
      for (const key of this.askedForWith(keysIn(history.sightings)))
        if (this.wasAskedFor(key)) neighbourhood.wantMadeWith(key);
    }
  }

  private wasAskedFor(accessKeyId: string): boolean {
    return this.neighbourhood.facts.foreignKeys.has(accessKeyId);
  }

  /** These keys, and those that were asked for with them, hop by hop. */
  private askedForWith(accessKeyIds: Iterable<string>, hops = Infinity): ReadonlySet<string> {
    const found = new Set(accessKeyIds);
    let latest: ReadonlySet<string> = found;
    for (let hop = 0; hop < hops && latest.size > 0; hop += 1) {
      const parents = latest;
      const children = [...this.neighbourhood.facts.foreignKeys.values()].filter(
        ({ by, accessKeyId }) => by && parents.has(by.accessKeyId ?? '') && !found.has(accessKeyId),
      );
      latest = new Set(children.map(({ accessKeyId }) => accessKeyId));
      for (const key of latest) found.add(key);
    }
    return found;
  }

  judgements(): Judgements {
    const { around, neighbourhood } = this;
    const chains = new Chains(neighbourhood.facts, around.privateNetworks);
    const judged = this.made.map(({ judgement }) => {
      const { workload } = judgement.history;
      const reported = reportedVerdicts(judgement, around.settings);
      return {
        workload,
        judgement,
        reported,
        compose: () => composeFindings(judgement, reported, this.alibis(judgement.history), chains),
        footprint: anchorSummaryOf(judgement.subject, judgement.anchors, around),
        kept: (sk: string) => neighbourhood.kept.get(`${partition.workload(workload)} ${sk}`),
      };
    });
    const newestChange = Math.max(0, ...[...neighbourhood.facts.changes.values()].map(({ time }) => time));
    return { judged, around, open: neighbourhood.open, newestChange };
  }
}

/** The keys that untrusted origins used. */
function keysOf({ verdicts }: Judgement): string[] {
  return verdicts.flatMap(({ sightings }) => keysIn(sightings));
}

function keysIn(sightings: readonly ProvenSighting[]): string[] {
  return sightings.flatMap(({ caller }) => caller.accessKeyId ?? []);
}

/** Where they may have moved from with a fleet: who stayed there says whether they did. */
function anchorsOfVerdicts({ verdicts }: Judgement): string[] {
  return verdicts.flatMap(({ anchor, owner }) =>
    anchor && owner.ownership !== 'outside-aws' ? [originText(anchor.origin)] : [],
  );
}

/**
 * What others do bears on a verdict, or on which of several origins was the workload's own. Where there is one origin on
 * each path, and nothing against it, there is nothing to ask: most workloads are judged by their own facts alone.
 */
export function hasOneOrigin({ sightings }: History): boolean {
  const byPath = new Map<string, string>();
  for (const { origin } of sightings) {
    if (origin.path === null) continue;
    if ((byPath.get(origin.path) ?? origin.key) !== origin.key) return false;
    byPath.set(origin.path, origin.key);
  }
  return true;
}
