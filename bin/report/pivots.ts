import { callGroups } from '../../lambda/detection/findings/taken';
import type { Finding } from '../../lambda/detection/model/finding';
import { workloadsOf } from './incidents';
import { ownerText, placeText } from './place-text';

/** A value that several incidents can have in common. */
export interface PivotValue {
  readonly value: string;
  /** Of a source its owner; else empty. */
  readonly detail: string;
  readonly workloads: number;
  /** Those seen, at least. */
  readonly calls: number;
  /** By which the list is filtered; unique among all pivots. */
  readonly token: string;
}

export interface Pivot {
  /** Name of the filter. */
  readonly name: 'source' | 'agent' | 'resource';
  readonly heading: string;
  readonly label: string;
  /** The most frequent first, at most `MOST_VALUES`. */
  readonly values: readonly PivotValue[];
  /** Number of values left out. */
  readonly more: number;
}

export interface Pivots {
  readonly tables: readonly Pivot[];
  /** Tokens by incident id. */
  readonly tokens: ReadonlyMap<string, readonly string[]>;
}

/** The search field finds the others. */
export const MOST_VALUES = 200;

interface Mention {
  readonly value: string;
  readonly detail: string;
  readonly calls: number;
}

interface PivotKind extends Pick<Pivot, 'name' | 'heading' | 'label'> {
  readonly mentions: (finding: Finding) => Mention[];
}

const KINDS: readonly PivotKind[] = [
  { name: 'source', heading: 'Sources', label: 'Source', mentions: sourcesIn },
  { name: 'agent', heading: 'User agents', label: 'User agent', mentions: agentsIn },
  { name: 'resource', heading: 'Affected resources', label: 'Resource', mentions: resourcesIn },
];

/** Sources, user agents and resources that the findings name, with the incidents that share them. */
export function pivotsOf(findings: readonly Finding[]): Pivots {
  const tokens = new Map<string, string[]>();
  const tables = KINDS.map(({ name, heading, label, mentions }): Pivot => {
    const tallies = talliesOf(findings, mentions);
    const shown = tallies.slice(0, MOST_VALUES);
    const values = shown.map(({ value, detail, workloads, calls, incidents }, at) => {
      const token = `${name.charAt(0)}${at}`;
      for (const incident of incidents) tokens.set(incident, [...(tokens.get(incident) ?? []), token]);
      return { value, detail, workloads: workloads.size, calls, token };
    });
    return { name, heading, label, values, more: tallies.length - shown.length };
  });
  return { tables, tokens };
}

interface Tally {
  readonly value: string;
  readonly detail: string;
  readonly workloads: Set<string>;
  readonly incidents: Set<string>;
  calls: number;
}

function talliesOf(findings: readonly Finding[], mentions: (finding: Finding) => Mention[]): Tally[] {
  const tallies = new Map<string, Tally>();
  for (const finding of findings) {
    for (const { value, detail, calls } of mentions(finding)) {
      const tally = tallies.get(value) ?? { value, detail, workloads: new Set(), incidents: new Set(), calls: 0 };
      for (const { account, id } of workloadsOf(finding)) tally.workloads.add(`${account} ${id}`);
      tally.incidents.add(finding.incidentId);
      tally.calls += calls;
      tallies.set(value, tally);
    }
  }
  return [...tallies.values()].sort(
    (a, b) => b.workloads.size - a.workloads.size || b.calls - a.calls || (a.value < b.value ? -1 : 1),
  );
}

function sourcesIn({ origin, calls, callsAtLeast }: Finding): Mention[] {
  if (!origin) return [];
  return [{ value: placeText(origin), detail: ownerText(origin), calls: calls ?? callsAtLeast ?? 0 }];
}

function agentsIn({ events }: Finding): Mention[] {
  return counted(events.flatMap(({ userAgent }) => userAgent ?? []));
}

/** Of successful calls. */
function resourcesIn({ events }: Finding): Mention[] {
  return callGroups(events).flatMap(({ resource, calls, failed }) =>
    resource === null || failed === calls ? [] : [{ value: resource, detail: '', calls: calls - failed }],
  );
}

function counted(values: readonly string[]): Mention[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, calls]) => ({ value, detail: '', calls }));
}
