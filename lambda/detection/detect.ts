import { cidrSet } from './model/address';
import { composeFinding } from './findings/compose-finding';
import type { FactSet } from './facts/fact-set';
import { SEVERITIES, type Finding } from './model/finding';
import { Chains } from './findings/chained-sessions';
import { groupingOf, type ComposedFinding } from './findings/composed-finding';
import { groupFindings } from './findings/group-findings';
import { assembleHistories, type HistoriesByWorkload, type History } from './facts/workload-history';
import type { IpRanges } from './model/ip-ranges';
import { judge, type Judgement } from './judge/judge';
import { undeclaredAddress } from './findings/undeclared-egress';
import { manyOrigins } from './findings/origin-cap';
import { reportedVerdicts, type ReportedVerdict, type ReportedVerdicts } from './findings/reported-verdicts';
import { networkFactsOf, type NetworkFacts } from './judge/accepted-changes';
import { organizationOf } from './model/settings';
import type { Settings } from './model/settings';
import { suppressedBy } from './findings/suppression';
import { People } from './judge/people';
import { peersOf, type Peers } from './judge/peers';
import { earliestInformed, informedOf, type Informed } from './findings/informational-findings';
import { kindsNamed } from './kinds/all-kinds';
import type { WorkloadKind } from './model/workload-kind';
import { compareText } from './model/compare-text';

export interface DetectionInput {
  readonly facts: FactSet;
  readonly settings: Settings;
  /** Null: no `ip-ranges.json`; first uses are then accepted unverified. */
  readonly ipRanges: IpRanges | null;
  /** @default all kinds that `settings.workloads` names */
  readonly kinds?: readonly WorkloadKind[];
  /** Keys of origins about which facts may be missing. @default none */
  readonly unread?: ReadonlySet<string>;
  /** Called once for each workload, with its unsuppressed findings. */
  readonly onJudgement?: (judgement: Judgement, findings: readonly Finding[]) => void;
  /** Called once, with what the workloads are judged by. */
  readonly onNetwork?: (network: NetworkFacts['network']) => void;
}

export interface DetectionCounts {
  readonly workloads: number;
  readonly sessions: number;
  /** Sightings that nothing proves to be a workload's. */
  readonly unproven: number;
  /** Sightings with credentials that were issued to another principal. */
  readonly disproved: number;
  /** Sightings of relayed requests. */
  readonly relayed: number;
}

export interface Detection {
  /** Not suppressed, by first sighting and id. */
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Finding[];
  readonly counts: DetectionCounts;
}

/** The findings on all workloads, by first sighting and id, whatever order the facts came in. */
export function detect(input: DetectionInput): Detection {
  const basis = judgingBasisOf(input);
  const { settings } = basis.network;
  input.onNetwork?.(basis.network);
  const peers = peersOf(basis.workloads, basis);
  const judged = judgeAll(basis.workloads.values(), peers, input.facts, input.onJudgement);
  const { workloads, informed, counts, sessions } = judged;
  const combined = combineFindings(workloads, earliestInformed(informed), settings);
  return { ...combined, counts: { ...counts, sessions: sessions.size } };
}

/** The findings on some workloads before they are grouped. Plain data. */
export interface JudgedWorkloads {
  readonly workloads: readonly WorkloadFindings[];
  readonly informed: readonly Informed[];
  readonly counts: Omit<DetectionCounts, 'sessions'>;
  /** ARNs. */
  readonly sessions: ReadonlySet<string>;
}

/** `facts`: those of the workloads and of the sessions derived from theirs. */
export function judgeAll(
  histories: Iterable<History>,
  peers: Peers,
  facts: FactSet,
  onJudgement?: DetectionInput['onJudgement'],
): JudgedWorkloads {
  const chains = new Chains(facts, peers.privateNetworks);
  const counter = new Counter();
  const workloads: WorkloadFindings[] = [];
  const informed: Judgement[] = [];
  for (const history of histories) {
    const judgement = judge(history, peers);
    const composed = composeFindings(judgement, reportedVerdicts(judgement, peers.settings), { chains, peers });
    counter.count(judgement);
    if (peers.settings.serviceCallerFindings) informed.push(judgement);
    const { shown, cut, suppressed } = composed;
    onJudgement?.(
      judgement,
      shown.map(({ finding }) => finding),
    );
    if (shown.length > 0 || cut || suppressed.length > 0) workloads.push(composed);
  }
  const { counts, sessions } = counter;
  return { workloads, informed: informedOf(informed.map((judgement) => ({ judgement, peers }))), counts, sessions };
}

/** The basis of all verdicts: the histories of all workloads, and the network. */
export interface JudgingBasis extends NetworkFacts {
  readonly workloads: HistoriesByWorkload;
}

export function judgingBasisOf({ facts, settings, ipRanges, kinds, unread = new Set() }: DetectionInput): JudgingBasis {
  const histories = assembleHistories(
    facts,
    kinds ?? kindsNamed(settings.workloads),
    cidrSet(settings.privateNetworks),
  );
  const organization = organizationOf(settings.organizationAccounts, facts.accounts);
  const people = new People(facts.people.values(), organization);
  const given = { settings, ipRanges, organization, unread, people };
  const network = networkFactsOf(facts, histories, given);
  return { workloads: histories.byWorkload, ...network };
}

/** The findings on one workload: single ones, one for the origins beyond the cap, and the suppressed. */
export interface WorkloadFindings {
  readonly shown: readonly ComposedFinding[];
  readonly cut: Finding | null;
  /** Of the verdicts behind `cut`: see `undeclaredAddress`. */
  readonly cutAddresses: readonly (string | null)[];
  readonly suppressed: readonly Finding[];
}

export function composeFindings(
  judgement: Judgement,
  { shown, capped, suppressed }: ReportedVerdicts,
  { chains, peers }: { readonly chains: Chains; readonly peers: Peers },
): WorkloadFindings {
  const compose = (one: ReportedVerdict): ComposedFinding => ({
    ...groupingOf(one.verdict, judgement, peers),
    finding: composeFinding(one, judgement, chains.follow([one.verdict])),
  });
  return {
    shown: shown.map(compose),
    cut: manyOrigins(capped, judgement, shown.length, chains),
    cutAddresses: capped.map(({ verdict }) => undeclaredAddress({ verdict, judgement })),
    suppressed: suppressed.map((one) => compose(one).finding),
  };
}

/** Groups findings that have one cause, and separates the suppressed. */
export function combineFindings(
  workloads: readonly WorkloadFindings[],
  informational: readonly Finding[],
  { suppressions }: Pick<Settings, 'suppressions'>,
): Pick<Detection, 'findings' | 'suppressed'> {
  const { single, groups, undeclared } = groupFindings(workloads.flatMap(({ shown }) => shown));
  const findings = single.map(({ finding }) => finding);
  const suppressed = workloads.flatMap((one) => one.suppressed);
  const isTold = (address: string | null): boolean => address !== null && undeclared.has(address);
  const cuts = workloads.flatMap(({ cut, cutAddresses }) => (cut && !cutAddresses.every(isTold) ? [cut] : []));
  for (const finding of [...groups, ...cuts, ...informational])
    (suppressedBy(finding, suppressions) ? suppressed : findings).push(finding);
  return { findings: findings.sort(byFirstSeen), suppressed: suppressed.sort(byFirstSeen) };
}

class Counter {
  readonly counts = { workloads: 0, unproven: 0, disproved: 0, relayed: 0 };
  readonly sessions = new Set<string>();

  count({ history, decisions }: Judgement): void {
    const { counts } = this;
    if (history.sightings.length > 0) counts.workloads += 1;
    for (const { caller } of history.sightings) this.sessions.add(caller.sessionArn);
    counts.unproven += history.unproven;
    counts.disproved += history.disproved;
    counts.relayed += decisions.filter(
      ({ outcome, rule }) => outcome === 'ignored' && rule !== 'chained-session',
    ).length;
  }
}

function byFirstSeen(a: Finding, b: Finding): number {
  return compareText(a.firstSeen, b.firstSeen) || compareText(a.id, b.id);
}

/** Whether a finding has at least this severity. */
export function isAtLeast(finding: Finding, severity: Finding['severity']): boolean {
  return SEVERITIES.indexOf(finding.severity) >= SEVERITIES.indexOf(severity);
}
