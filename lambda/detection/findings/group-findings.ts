import { adviceOn, FINDING_TYPE_TABLE, severityOf } from './finding-types';
import {
  FINDING_SCHEMA,
  SEVERITIES,
  type Finding,
  type FindingEvent,
  type FindingWorkload,
  type RelatedSession,
  type Severity,
} from '../model/finding';
import { CHAINED } from './chained-sessions';
import { originText } from '../model/origin';
import { asSentence } from './finding-text';
import type { ComposedFinding } from './composed-finding';
import { undeclaredEgresses } from './undeclared-egress';
import type { WorkloadKey } from '../model/workload';
import { compareText } from '../model/compare-text';

const FLEET = 5;
/** Workloads of a group that are named. */
const MOST_NAMED = 500;
/** Calls listed of a group, spread over its named members; at least one of each. */
const MOST_EVENTS = 200;
const HOUR = 3_600_000;

/**
 * Replaces findings that have one cause by a group; `single` are the others, and the members of `SameOrigin` groups,
 * `undeclared` the addresses of undeclared egresses.
 */
export function groupFindings(composed: readonly ComposedFinding[]): {
  single: ComposedFinding[];
  groups: Finding[];
  undeclared: ReadonlySet<string>;
} {
  const undeclared = undeclaredEgresses(composed).filter((members) => new Set(members.map(workloadOf)).size >= FLEET);
  const taken = new Set(undeclared.flat());
  const others = composed.filter((one) => !taken.has(one));
  const moved = takeGroups(others, ({ move }) => move?.key ?? null, movedTogether);
  const services = onePerRoleAndService(moved.rest);
  const same = takeGroups(
    services,
    ({ finding }) => sharedPlace(finding),
    (members) => (new Set(members.map(workloadOf)).size >= FLEET ? [members] : []),
  );
  const groups = [
    ...undeclared.map((members) => grouped('UndeclaredEgress', members)),
    ...moved.groups.map((members) => grouped('EgressMoved', members)),
    ...same.groups.map((members) => grouped('SameOrigin', members)),
  ];
  const addresses = undeclared.flat().flatMap(({ undeclared: address }) => address ?? []);
  return { single: services, groups, undeclared: new Set(addresses) };
}

type Splitter = (members: readonly ComposedFinding[]) => (readonly ComposedFinding[])[];

function takeGroups(
  composed: readonly ComposedFinding[],
  keyOf: (one: ComposedFinding) => string | null,
  split: Splitter,
): { groups: (readonly ComposedFinding[])[]; rest: ComposedFinding[] } {
  const byKey = new Map<string, ComposedFinding[]>();
  for (const one of composed) {
    const key = keyOf(one);
    if (key === null) continue;
    const same = byKey.get(key);
    if (same) same.push(one);
    else byKey.set(key, [one]);
  }
  const groups = [...byKey.values()].flatMap(split);
  const taken = new Set(groups.flat());
  return { groups, rest: composed.filter((one) => !taken.has(one)) };
}

/** The largest set first seen there within an hour, if it is a fleet and at least half of the workloads anchored at the old address. */
function movedTogether(members: readonly ComposedFinding[]): (readonly ComposedFinding[])[] {
  const sorted = [...members].sort((a, b) => firstOf(a) - firstOf(b) || compareIds(a, b));
  let best: readonly ComposedFinding[] = [];
  let start = 0;
  for (const [at, last] of sorted.entries()) {
    while (firstOf(last) - firstOf(sorted[start] ?? last) > HOUR) start += 1;
    if (at + 1 - start > best.length) best = sorted.slice(start, at + 1);
  }
  if (best.length < FLEET) return [];
  return best.length * 2 >= (best[0]?.move?.anchored ?? 0) ? [best] : [];
}

function partitionOf({ finding }: ComposedFinding): string {
  return finding.workload?.partition ?? '';
}

function firstOf({ first }: ComposedFinding): number {
  return first;
}

/** Keeps the earliest finding for each role and service. */
function onePerRoleAndService(composed: readonly ComposedFinding[]): ComposedFinding[] {
  const first = new Map<string, ComposedFinding>();
  const others: ComposedFinding[] = [];
  for (const one of composed) {
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

function workloadOf({ workload }: ComposedFinding): WorkloadKey {
  return workload;
}

type GroupType = 'UndeclaredEgress' | 'EgressMoved' | 'SameOrigin';

interface GroupText {
  /** Part of the finding's id. */
  readonly path: string;
  readonly description: (places: readonly [string, ...string[]]) => string;
}

const GROUPS: Readonly<Record<GroupType, GroupText>> = {
  UndeclaredEgress: {
    path: 'undeclared-egress',
    description: (places) =>
      `All of them were seen at ${places.join(', ')} and at no plausible public origin, and nothing shows that ${places.length > 1 ? 'these addresses are' : 'it is'} theirs. If this is your own egress (a proxy, a VPN, Direct Connect), declare it: trustedNetworks: [${places.map(declaration).join(', ')}].`,
  },
  EgressMoved: {
    path: 'egress-moved',
    description: ([place]) =>
      `Workloads that shared an address were all first seen at ${place} within an hour, as when a NAT gateway or a route is replaced. No record of such a change was seen.`,
  },
  SameOrigin: {
    path: 'same-origin',
    description: ([place]) => `${place} used credentials of several workloads. Each of them has its own finding.`,
  },
};

function declaration(address: string): string {
  return `{ "cidr": "${address}/${address.includes(':') ? 128 : 32}" }`;
}

function grouped(type: GroupType, members: readonly ComposedFinding[]): Finding {
  const sorted = [...members].sort(compareIds);
  const [least = '', ...more] = [...new Set(sorted.map(({ place }) => place))].sort();
  const first = sorted.find((one) => one.place === least);
  const origin = first?.finding.origin;
  if (!first || !origin) throw new Error(`a group of type ${type} needs members with an origin`);
  const { path: name, description } = GROUPS[type];
  const { title, highestOfMembers } = FINDING_TYPE_TABLE[type];
  const place = originText(origin);
  const moved = type === 'EgressMoved' ? first.move : null;
  const path = moved ? `${name}/${moved.from}` : name;
  const id = `credlock/${partitionOf(first)}/${path}/${place}`;
  const count = new Set(sorted.map(workloadOf)).size;
  const named = count > MOST_NAMED ? namedOf(sorted) : sorted;
  const workloads = uniqueWorkloads(named);
  return {
    ...first.finding,
    schema: FINDING_SCHEMA,
    id,
    incidentId: id.replace('credlock/', 'credlock/incident/'),
    type,
    severity: highestOfMembers ? highest(sorted.map(({ finding }) => finding.severity)) : severityOf(type),
    contested: sorted.every(({ finding }) => finding.contested),
    title: title({ subject: '', account: '', place: placesText(place, more.length), count }),
    description: description([place, ...more]),
    workload: null,
    sessions: named.flatMap(({ finding }) => finding.sessions),
    lock: moved ? first.finding.lock : [],
    ...summed(sorted),
    events: eventsOf(named),
    evidence: [asSentence(first.ownerWhy), ...chainedEvidence(sorted)],
    ruledOut: [],
    related: relatedTo(named),
    workloads,
    ...(count > workloads.length && { workloadsLeftOut: count - workloads.length }),
    advice: adviceOn(type),
  };
}

function placesText(place: string, more: number): string {
  return more === 0 ? place : `${place} and ${more} other address${more === 1 ? '' : 'es'}`;
}

function summed(
  members: readonly ComposedFinding[],
): Pick<Finding, 'firstSeen' | 'lastSeen' | 'calls' | 'callsAtLeast'> {
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
  };
}

function eventsOf(members: readonly ComposedFinding[]): FindingEvent[] {
  const each = Math.max(1, Math.floor(MOST_EVENTS / members.length));
  return members.flatMap(({ finding }) => finding.events.slice(0, each));
}

/** Those of the workloads that are named: of each account and role at least one, as modes and suppressions ask for them. */
function namedOf(members: readonly ComposedFinding[]): readonly ComposedFinding[] {
  const roles = new Set<string>();
  const isFirst = ({ finding }: ComposedFinding): boolean => {
    const before = roles.size;
    for (const { role } of finding.sessions) roles.add(`${finding.workload?.account ?? ''} ${role}`);
    return roles.size > before;
  };
  const first = members.filter(isFirst);
  const named = new Set([...new Set([...first, ...members].map(workloadOf))].slice(0, MOST_NAMED));
  return members.filter((one) => named.has(workloadOf(one)));
}

function uniqueWorkloads(members: readonly ComposedFinding[]): FindingWorkload[] {
  const workloads = new Map(
    members.flatMap((one) => (one.finding.workload ? [[workloadOf(one), one.finding.workload] as const] : [])),
  );
  return [...workloads.values()];
}

/** The sessions related to any member. */
export function relatedTo(members: readonly ComposedFinding[]): RelatedSession[] {
  const sessions = new Map<string, RelatedSession>();
  for (const session of members.flatMap(({ finding }) => finding.related)) {
    const known = sessions.get(`${session.kind} ${session.arn}`);
    const accessKeyIds = [...new Set([...(known?.accessKeyIds ?? []), ...session.accessKeyIds])].sort();
    sessions.set(`${session.kind} ${session.arn}`, { ...session, accessKeyIds });
  }
  return [...sessions.values()].sort((a, b) => compareText(a.arn, b.arn));
}

const MOST_CHAINED = 10;

export function chainedEvidence(members: readonly ComposedFinding[]): string[] {
  const lines = members.flatMap(({ finding }) => finding.evidence.filter((line) => line.startsWith(CHAINED)));
  return [...new Set(lines)].sort().slice(0, MOST_CHAINED);
}

export function highest(severities: readonly Severity[]): Severity {
  return SEVERITIES[Math.max(0, ...severities.map((severity) => SEVERITIES.indexOf(severity)))] ?? 'INFORMATIONAL';
}

function compareIds(a: ComposedFinding, b: ComposedFinding): number {
  return compareText(a.finding.id, b.finding.id);
}
