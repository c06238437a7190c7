import { adviceOn } from './finding-types';
import {
  FINDING_SCHEMA,
  SEVERITIES,
  type Finding,
  type FindingWorkload,
  type RelatedSession,
  type Severity,
} from '../model/finding';
import { CHAINED } from './chained-sessions';
import type { Judgement, Verdict } from '../judge/judge';
import type { Peers } from '../judge/peers';
import { originText } from '../model/origin';
import { Strength } from '../judge/plausibility';
import { asSentence } from './finding-text';
import { workloadKey } from '../model/workload';

/** A finding and the judgement it was composed of. */
export interface Judged {
  readonly finding: Finding;
  readonly verdict: Verdict;
  readonly judgement: Judgement;
}

const FLEET = 5;
const HOUR = 3_600_000;

/** One finding where many tell one story: what remains single, and the groups. */
export function groupFindings(judged: readonly Judged[], around: Peers): { single: Judged[]; groups: Finding[] } {
  const undeclared = takeGroups(judged, undeclaredAddress, (members) => (members.length >= FLEET ? [members] : []));
  const moved = takeGroups(undeclared.rest, movedFromTo, (members) => movedTogether(members, around));
  const services = onePerRoleAndService(moved.rest);
  const same = takeGroups(
    services,
    ({ finding }) => sharedPlace(finding),
    (members) => (new Set(members.map(workloadOf)).size > FLEET ? [members] : []),
  );
  const groups = [
    ...undeclared.groups.map((members) => grouped('UndeclaredEgress', members)),
    ...moved.groups.map((members) => grouped('EgressMoved', members)),
    ...same.groups.map((members) => grouped('SameOrigin', members)),
  ];
  return { single: services, groups };
}

type Splitter = (members: readonly Judged[]) => (readonly Judged[])[];

function takeGroups(
  judged: readonly Judged[],
  keyOf: (one: Judged) => string | null,
  split: Splitter,
): { groups: (readonly Judged[])[]; rest: Judged[] } {
  const byKey = new Map<string, Judged[]>();
  for (const one of judged) {
    const key = keyOf(one);
    if (key === null) continue;
    const same = byKey.get(key);
    if (same) same.push(one);
    else byKey.set(key, [one]);
  }
  const groups = [...byKey.values()].flatMap(split);
  const taken = new Set(groups.flat());
  return { groups, rest: judged.filter((one) => !taken.has(one)) };
}

/** The address of a workload that was seen at no other public origin, where it can be no workload's own. */
function undeclaredAddress({ verdict, judgement }: Judged): string | null {
  if (verdict.origin.kind !== 'public' || verdict.rule !== 'unexplained' || verdict.contested) return null;
  const { history, anchors } = judgement;
  if (anchors.has('public-ipv4') || anchors.has('public-ipv6')) return null;
  const elsewhere = history.sightings.some(
    ({ origin }) => origin.kind === 'public' && origin.key !== verdict.origin.key,
  );
  return elsewhere ? null : `${history.workload.partition} ${verdict.origin.key}`;
}

/** From the anchor's address to an address of AWS. */
function movedFromTo({ verdict, judgement, finding }: Judged): string | null {
  const { anchor, origin, owner } = verdict;
  if (
    origin.kind !== 'public' ||
    verdict.rule !== 'unexplained' ||
    anchor === null ||
    anchor.claim.strength === Strength.none
  )
    return null;
  if (verdict.strength === Strength.none || wentBack(verdict, judgement)) return null;
  if (owner.ownership === 'outside-aws' || owner.ownership === 'unknown' || finding.origin === null) return null;
  return `${judgement.history.workload.partition} ${anchor.origin.key} ${origin.key}`;
}

/** A fleet that moved is not seen at its old address again; one whose keys were stolen is. */
function wentBack({ anchor, first }: Verdict, { history }: Judgement): boolean {
  const hour = Math.floor(first.event.time / HOUR);
  return history.sightings.some(
    ({ origin, event }) => origin.key === anchor?.origin.key && Math.floor(event.time / HOUR) > hour,
  );
}

/** The most of them that were first seen there within an hour, if they are a fleet and half of those anchored at the old address. */
function movedTogether(members: readonly Judged[], around: Peers): (readonly Judged[])[] {
  const sorted = [...members].sort((a, b) => firstOf(a) - firstOf(b) || compareIds(a, b));
  let best: readonly Judged[] = [];
  let start = 0;
  for (const [at, last] of sorted.entries()) {
    while (firstOf(last) - firstOf(sorted[start] ?? last) > HOUR) start += 1;
    if (at + 1 - start > best.length) best = sorted.slice(start, at + 1);
  }
  const from = best[0]?.verdict.anchor;
  if (!from || best.length < FLEET) return [];
  return best.length * 2 >= around.anchoredAt(originText(from.origin)).length ? [best] : [];
}

function firstOf({ verdict }: Judged): number {
  return verdict.first.event.time;
}

/** The first of a role's calls through a service stands for all. */
function onePerRoleAndService(judged: readonly Judged[]): Judged[] {
  const first = new Map<string, Judged>();
  const others: Judged[] = [];
  for (const one of judged) {
    const key = serviceKey(one.finding);
    const known = key === null ? undefined : first.get(key);
    if (key === null) others.push(one);
    else if (!known || firstOf(one) < firstOf(known) || (firstOf(one) === firstOf(known) && compareIds(one, known) < 0))
      first.set(key, one);
  }
  const once = [...first].map(([key, one]) => ({ ...one, finding: { ...one.finding, id: key } }));
  return [...others, ...once];
}

function serviceKey({ type, workload, origin, sessions }: Finding): string | null {
  if (type !== 'UnattributedService' && type !== 'ServiceCaller') return null;
  const kind = type === 'ServiceCaller' ? 'service-caller' : 'unattributed-service';
  return `credlock/${workload?.partition ?? ''}/${workload?.account ?? ''}/${kind}/${sessions[0]?.role ?? ''}/${origin?.service ?? ''}`;
}

function sharedPlace({ origin, type, workload }: Finding): string | null {
  if (!origin || origin.kind === 'service' || type === 'ConsoleSession') return null;
  return `${workload?.partition ?? ''} ${originText(origin)}`;
}

function workloadOf({ judgement }: Judged): string {
  return judgement.history.key;
}

type GroupType = 'UndeclaredEgress' | 'EgressMoved' | 'SameOrigin';

interface GroupWords {
  /** Null: the highest of the members. */
  readonly severity: Severity | null;
  readonly path: string;
  readonly title: (count: number, place: string) => string;
  readonly text: (place: string) => string;
}

const WORDS: Readonly<Record<GroupType, GroupWords>> = {
  UndeclaredEgress: {
    severity: 'HIGH',
    path: 'undeclared-egress',
    title: (count, place) => `${count} workloads call from ${place} alone: an egress nobody declared, or one thief`,
    text: (place) =>
      `All of them were seen at ${place} and at no other public origin, and nothing known makes it theirs. If it is your own egress (a proxy, a VPN, Direct Connect), declare it: trustedNetworks: [{ "cidr": "${place}/${place.includes(':') ? 128 : 32}" }].`,
  },
  EgressMoved: {
    severity: 'MEDIUM',
    path: 'egress-moved',
    title: (count, place) => `${count} workloads moved together to ${place}`,
    text: (place) =>
      `Workloads that shared an address were all first seen at ${place} within an hour, as when a NAT gateway or a route is replaced. No record of the change was seen.`,
  },
  SameOrigin: {
    severity: null,
    path: 'same-origin',
    title: (count, place) => `Credentials of ${count} workloads used from one place: ${place}`,
    text: (place) =>
      `${place} used credentials of several workloads that are not its own. Each has a finding of its own.`,
  },
};

function grouped(type: GroupType, members: readonly Judged[]): Finding {
  const sorted = [...members].sort(compareIds);
  const [first] = sorted;
  const origin = first?.finding.origin;
  if (!first || !origin) throw new Error(`a group of type ${type} needs members with an origin`);
  const words = WORDS[type];
  const place = originText(origin);
  const moved = type === 'EgressMoved' ? first.verdict.anchor : null;
  const path = moved ? `${words.path}/${originText(moved.origin)}` : words.path;
  const id = `credlock/${first.judgement.history.workload.partition}/${path}/${place}`;
  const workloads = uniqueWorkloads(sorted);
  return {
    ...first.finding,
    schema: FINDING_SCHEMA,
    id,
    incidentId: id.replace('credlock/', 'credlock/incident/'),
    type,
    severity: words.severity ?? highest(sorted.map(({ finding }) => finding.severity)),
    contested: false,
    title: words.title(workloads.length, place),
    description: words.text(place),
    workload: null,
    sessions: sorted.flatMap(({ finding }) => finding.sessions),
    lock: moved ? first.finding.lock : [],
    ...summed(sorted),
    evidence: [asSentence(first.verdict.owner.why), ...chainedEvidence(sorted)],
    ruledOut: [],
    related: relatedTo(sorted),
    workloads,
    advice: adviceOn(type),
  };
}

function summed(
  members: readonly Judged[],
): Pick<Finding, 'firstSeen' | 'lastSeen' | 'calls' | 'callsAtLeast' | 'events'> {
  const findings = members.map(({ finding }) => finding);
  const calls = findings.reduce((sum, { calls: exact, callsAtLeast }) => sum + (exact ?? callsAtLeast ?? 0), 0);
  const more = findings.some((finding) => finding.callsAtLeast !== null);
  return {
    firstSeen: findings.map(({ firstSeen }) => firstSeen).sort()[0] ?? '',
    lastSeen:
      findings
        .map(({ lastSeen }) => lastSeen)
        .sort()
        .at(-1) ?? '',
    calls: more ? null : calls,
    callsAtLeast: more ? calls : null,
    events: findings.flatMap(({ events }) => events.slice(0, 1)),
  };
}

function uniqueWorkloads(members: readonly Judged[]): FindingWorkload[] {
  const workloads = new Map(
    members.flatMap((one) => (one.finding.workload ? [[workloadOf(one), one.finding.workload] as const] : [])),
  );
  return [...workloads.values()];
}

/** What was made of any member's keys belongs to the group. */
export function relatedTo(members: readonly Judged[]): RelatedSession[] {
  const sessions = new Map<string, RelatedSession>();
  for (const session of members.flatMap(({ finding }) => finding.related)) {
    const known = sessions.get(`${session.kind} ${session.arn}`);
    const accessKeyIds = [...new Set([...(known?.accessKeyIds ?? []), ...session.accessKeyIds])].sort();
    sessions.set(`${session.kind} ${session.arn}`, { ...session, accessKeyIds });
  }
  return [...sessions.values()].sort((a, b) => (a.arn < b.arn ? -1 : 1));
}

const MOST_CHAINED = 10;

export function chainedEvidence(members: readonly Judged[]): string[] {
  const lines = members.flatMap(({ finding }) => finding.evidence.filter((line) => line.startsWith(CHAINED)));
  return [...new Set(lines)].sort().slice(0, MOST_CHAINED);
}

export function highest(severities: readonly Severity[]): Severity {
  return SEVERITIES[Math.max(0, ...severities.map((severity) => SEVERITIES.indexOf(severity)))] ?? 'INFORMATIONAL';
}

function compareIds(a: Judged, b: Judged): number {
  return a.finding.id < b.finding.id ? -1 : Number(a.finding.id > b.finding.id);
}

/** The ids of findings that a `SameOrigin` group among them stands for, each with the group's id. */
export function sameOriginMembers(findings: readonly Finding[]): ReadonlyMap<string, string> {
  const groupAt = new Map<string, string>();
  for (const group of findings) {
    if (group.type !== 'SameOrigin' || group.status !== 'ACTIVE') continue;
    for (const workload of group.workloads ?? []) {
      groupAt.set(`${workloadKey(workload)} ${placeOf(group)}`, group.id);
    }
  }
  const members = new Map<string, string>();
  for (const finding of findings) {
    const { id, workload, status, type } = finding;
    // Groups are made without console sessions, which are a story of their own.
    if (!workload || status !== 'ACTIVE' || type === 'ConsoleSession') continue;
    const group = groupAt.get(`${workloadKey(workload)} ${placeOf(finding)}`);
    if (group !== undefined) members.set(id, group);
  }
  return members;
}

function placeOf({ origin }: Finding): string {
  return origin ? originText(origin) : '';
}
