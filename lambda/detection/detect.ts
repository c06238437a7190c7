import { cidrSet } from './model/address';
import { composeFinding } from './findings/compose-finding';
import type { FactSet } from './facts/fact-set';
import { SEVERITIES, type Finding } from './model/finding';
import { Chains } from './findings/chained-sessions';
import { groupFindings, type Judged } from './findings/group-findings';
import { assembleHistories, type History } from './facts/workload-history';
import type { IpRanges } from './model/ip-ranges';
import { judge, type Judgement } from './judge/judge';
import { manyOrigins } from './findings/origin-cap';
import { instanceKey } from './network/network-book';
import { networkFactsOf, type NetworkFacts, type RejectedChange } from './judge/accepted-changes';
import { organizationOf } from './model/settings';
import { isTooOld, newestTime } from './facts/retention';
import type { Settings } from './model/settings';
import { reportedVerdicts, type ReportedVerdict, type ReportedVerdicts } from './findings/reported-verdicts';
import { suppressedBy } from './findings/suppression';
import { peersOf, type Peers } from './judge/peers';
import { informationalFindings } from './findings/informational-findings';
import type { WorkloadKey } from './model/workload';
import { kindsNamed } from './kinds/all-kinds';
import type { WorkloadKind } from './model/workload-kind';

export interface DetectionInput {
  readonly facts: FactSet;
  readonly settings: Settings;
  /** Null where no `ip-ranges.json` is at hand: first uses are then accepted unverified. */
  readonly ipRanges: IpRanges | null;
  /** @default every kind there is, as far as `settings.workloads` names it */
  readonly kinds?: readonly WorkloadKind[];
  /** Called with every judgement, for those who want to see more than findings. */
  readonly onJudgement?: (judgement: Judgement, findings: readonly Finding[]) => void;
}

export interface DetectionCounts {
  readonly workloads: number;
  readonly sessions: number;
  /** Sightings that only look like a workload's. */
  readonly unproven: number;
  /** Sightings whose key was issued to somebody else. */
  readonly disproved: number;
  /** Sightings of relayed requests. */
  readonly relayed: number;
  /** Workloads last alive before the retention. */
  readonly tooOld: number;
}

export interface Detection {
  /** Active and not suppressed, by first sighting and id. */
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Finding[];
  readonly counts: DetectionCounts;
}

/** Everything the facts say: S0 to S5 for all workloads. The same facts give the same findings, whatever order they came in. */
export function detect(input: DetectionInput): Detection {
  const { living, tooOld, network } = judgingBasisOf(input);
  const around = peersOf(living, network);
  const outcome = judgeAll(living, around, network.rejected, input);
  return { ...outcome, counts: { ...outcome.counts, tooOld } };
}

/** What verdicts stand on (S0 and S1): the histories of living workloads, and the network. */
export interface JudgingBasis {
  readonly living: ReadonlyMap<WorkloadKey, History>;
  readonly tooOld: number;
  readonly network: NetworkFacts;
}

export function judgingBasisOf({ facts, settings, ipRanges, kinds }: DetectionInput): JudgingBasis {
  const histories = assembleHistories(
    facts,
    kinds ?? kindsNamed(settings.workloads),
    cidrSet(settings.privateNetworks),
  );
  const newest = newestTime(facts);
  const living = new Map(
    [...histories.byWorkload].filter(([, history]) => !isTooOld(history, newest, settings.retentionDays)),
  );
  const organization = organizationOf(settings.organizationAccounts, facts.accounts);
  const given = { settings, ipRanges, organization };
  const network = networkFactsOf(facts.changes.values(), histories, facts.foreignKeys, given);
  return { living, tooOld: histories.byWorkload.size - living.size, network };
}

/** What one judgement comes to: single findings, the rest of a flood, and what suppressions hide. */
export interface Outcome {
  readonly judgement: Judgement;
  readonly shown: readonly Judged[];
  readonly cut: Finding | null;
  readonly suppressed: readonly Finding[];
}

export function outcomeOf(
  judgement: Judgement,
  { shown, capped, suppressed }: ReportedVerdicts,
  rejected: readonly RejectedChange[],
  chains: Chains,
): Outcome {
  const compose = (one: ReportedVerdict): Judged => ({
    verdict: one.verdict,
    judgement,
    finding: composeFinding(one, judgement, rejected, chains.follow(one.verdict)),
  });
  return {
    judgement,
    shown: shown.map(compose),
    cut: manyOrigins(capped.map(compose), shown.length),
    suppressed: suppressed.map((one) => compose(one).finding),
  };
}

function judgeAll(
  histories: ReadonlyMap<WorkloadKey, History>,
  around: Peers,
  rejected: readonly RejectedChange[],
  { facts, onJudgement }: DetectionInput,
): Detection {
  const outcomes: Outcome[] = [];
  const counter = new Counter();
  const informed: { judgement: Judgement; around: Peers }[] = [];
  const alibis = rejectedBy(rejected);
  const chains = new Chains(facts, around.privateNetworks);
  for (const history of histories.values()) {
    const judgement = judge(history, around);
    const reported = reportedVerdicts(judgement, around.settings);
    const outcome = outcomeOf(judgement, reported, alibis(history), chains);
    counter.count(judgement);
    if (around.settings.serviceCallerFindings) informed.push({ judgement, around });
    const { shown, cut, suppressed } = outcome;
    onJudgement?.(
      judgement,
      shown.map(({ finding }) => finding),
    );
    if (shown.length > 0 || cut || suppressed.length > 0) outcomes.push(outcome);
  }
  return { ...findingsOf(outcomes, informationalFindings(informed), around), counts: counter.counts };
}

/** Groups what belongs together and sets aside what is suppressed. */
export function findingsOf(
  outcomes: readonly Outcome[],
  told: readonly Finding[],
  around: Peers,
): Pick<Detection, 'findings' | 'suppressed'> {
  const { single, groups } = groupFindings(
    outcomes.flatMap(({ shown }) => shown),
    around,
  );
  const late = [...groups, ...outcomes.flatMap(({ cut }) => cut ?? []), ...told];
  const findings = single.map(({ finding }) => finding);
  const suppressed = outcomes.flatMap((outcome) => outcome.suppressed);
  for (const finding of late)
    (suppressedBy(finding, around.settings.suppressions) ? suppressed : findings).push(finding);
  return { findings: findings.sort(byFirstSeen), suppressed: suppressed.sort(byFirstSeen) };
}

/** Rejected changes by whom they concern: the workload whose keys made them, the instance they name. */
export function rejectedBy(rejected: readonly RejectedChange[]): (history: History) => readonly RejectedChange[] {
  const concerning = new Map<string, Set<RejectedChange>>();
  for (const one of rejected) {
    const { change, madeBy } = one;
    for (const key of [madeBy, instanceKey(change.account, change.instanceId ?? '')])
      concerning.set(key, (concerning.get(key) ?? new Set()).add(one));
  }
  return ({ key, workload: { account, id } }) => [
    ...new Set([...(concerning.get(key) ?? []), ...(concerning.get(instanceKey(account, id)) ?? [])]),
  ];
}

class Counter {
  private readonly sessions = new Set<string>();
  private unproven = 0;
  private disproved = 0;
  private relayed = 0;
  private workloads = 0;

  count({ history, steps }: Judgement): void {
    if (history.sightings.length > 0) this.workloads += 1;
    for (const { caller } of history.sightings) this.sessions.add(caller.sessionArn);
    this.unproven += history.unproven;
    this.disproved += history.disproved;
    this.relayed += steps.filter(({ ruling }) => ruling.ruling === 'ignored').length;
  }

  get counts(): DetectionCounts {
    return {
      workloads: this.workloads,
      sessions: this.sessions.size,
      unproven: this.unproven,
      disproved: this.disproved,
      relayed: this.relayed,
      tooOld: 0,
    };
  }
}

function byFirstSeen(a: Finding, b: Finding): number {
  if (a.firstSeen !== b.firstSeen) return a.firstSeen < b.firstSeen ? -1 : 1;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

/** Whether a finding is at least as severe. */
export function isAtLeast(finding: Finding, severity: Finding['severity']): boolean {
  return SEVERITIES.indexOf(finding.severity) >= SEVERITIES.indexOf(severity);
}
