import { cidrSet } from './address';
import { composeFinding } from './compose-finding';
import type { FactSet } from './fact-set';
import { SEVERITIES, type Finding } from './finding';
import { Chains } from './followed';
import { groupFindings, type Judged } from './group-findings';
import { assembleHistories, type History } from './history';
import type { IpRanges } from './ip-ranges';
import { judge, type Judgement } from './judge';
import { capOrigins } from './many-origins';
import { instanceKey } from './network-book';
import { networkFactsOf, type RejectedChange } from './network-facts';
import { organizationOf } from './organization';
import { isTooOld, newestTime } from './retention';
import type { Settings } from './settings';
import { suppressedBy } from './suppression';
import { surroundingsOf, type Surroundings } from './surroundings';
import { toldOnce } from './told-once';
import type { WorkloadKey } from './workload';
import { kindsNamed } from './workload-kinds';
import type { WorkloadKind } from './workload-kind';

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
  const { facts, settings } = input;
  const kinds = input.kinds ?? kindsNamed(settings.workloads);
  const histories = assembleHistories(facts, kinds, cidrSet(settings.privateNetworks));
  const newest = newestTime(facts);
  const living = new Map<WorkloadKey, History>();
  for (const [key, history] of histories.byWorkload)
    if (!isTooOld(history, newest, settings.retentionDays)) living.set(key, history);
  const organization = organizationOf(settings.organizationAccounts, facts.accounts);
  const network = networkFactsOf(facts.changes.values(), histories, facts.foreignKeys, {
    settings,
    ipRanges: input.ipRanges,
    organization,
  });
  const around = surroundingsOf(living, network);
  const outcome = judgeAll(living, around, network.rejected, input);
  const tooOld = histories.byWorkload.size - living.size;
  return { ...outcome, counts: { ...outcome.counts, tooOld } };
}

function judgeAll(
  histories: ReadonlyMap<WorkloadKey, History>,
  around: Surroundings,
  rejected: readonly RejectedChange[],
  input: DetectionInput,
): Detection {
  const judged: Judged[] = [];
  const cut: Finding[] = [];
  const informed: { judgement: Judgement; around: Surroundings }[] = [];
  const { settings, onJudgement } = input;
  const suppressed: Finding[] = [];
  const counter = new Counter();
  const alibis = rejectedBy(rejected);
  const chains = new Chains(input.facts, around.privateNetworks);
  for (const history of histories.values()) {
    const judgement = judge(history, around);
    counter.count(judgement);
    if (settings.serviceCallerFindings) informed.push({ judgement, around });
    const composed = judgement.verdicts.map((verdict) => ({
      verdict,
      judgement,
      finding: composeFinding(verdict, judgement, alibis(history), chains.follow(verdict)),
    }));
    onJudgement?.(
      judgement,
      composed.map(({ finding }) => finding),
    );
    const open: Judged[] = [];
    for (const one of composed) {
      if (suppressedBy(one.finding, settings.suppressions)) suppressed.push(one.finding);
      else open.push(one);
    }
    const capped = capOrigins(open, settings.maxOriginsPerWorkload);
    judged.push(...capped.shown);
    if (capped.cut) cut.push(capped.cut);
  }
  const { single, groups } = groupFindings(judged, around);
  const late = [...groups, ...cut, ...toldOnce(informed)];
  const findings = single.map(({ finding }) => finding);
  for (const finding of late) (suppressedBy(finding, settings.suppressions) ? suppressed : findings).push(finding);
  return {
    findings: findings.sort(byFirstSeen),
    suppressed: suppressed.sort(byFirstSeen),
    counts: counter.counts,
  };
}

/** Rejected changes by whom they concern: the workload whose keys made them, the instance they name. */
function rejectedBy(rejected: readonly RejectedChange[]): (history: History) => readonly RejectedChange[] {
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
