import { CERTAINTIES, type GuardrailName } from '../../lambda/detection/guardrails/guardrail';
import type { Breakage } from '../../lambda/detection/guardrails/traffic-check';
import type { Cell } from '../terminal/box-table';
import { grouped } from '../terminal/numbers';
import { rowTable, type RowColumn } from '../terminal/row-table';

const COLUMNS: readonly RowColumn[] = [
  { head: 'GUARDRAIL', most: 22 },
  { head: 'EFFECT', most: 18 },
  { head: 'CALLER', most: 32 },
  { head: 'ACCOUNT', most: 12 },
  { head: 'CALLS', most: 8 },
  { head: 'LAST', most: 16 },
  { head: 'SERVICES', most: Infinity },
];

/** A row for each guardrail and caller: the weightiest effect on any service. */
export function breakagesSummary(
  breakages: readonly Breakage[],
  checked: readonly GuardrailName[],
  width: number,
  effectOf: (breakage: Breakage) => Cell,
): Iterable<string> {
  const groups = new Map<string, Breakage[]>();
  for (const breakage of breakages) {
    const key = `${checked.indexOf(breakage.guardrail)} ${breakage.account} ${breakage.principal}`;
    groups.set(key, [...(groups.get(key) ?? []), breakage]);
  }
  const rows = [...groups.values()].map((group) => group.toSorted(byWeight));
  return rowTable(
    COLUMNS,
    rows.sort(([one], [other]) => place(one, checked) - place(other, checked)).map((group) => cellsOf(group, effectOf)),
    width,
  );
}

function place(breakage: Breakage | undefined, checked: readonly GuardrailName[]): number {
  return breakage ? checked.indexOf(breakage.guardrail) : checked.length;
}

/** Calls that would break before those of a suspicious caller, and the certain ones first. */
function byWeight(one: Breakage, other: Breakage): number {
  if (one.suspected !== other.suspected) return Number(one.suspected) - Number(other.suspected);
  return CERTAINTIES.indexOf(one.certainty) - CERTAINTIES.indexOf(other.certainty);
}

function cellsOf(group: readonly Breakage[], effectOf: (breakage: Breakage) => Cell): Cell[] {
  const [first] = group;
  if (!first) return [];
  const count = group.reduce((sum, one) => sum + one.count, 0);
  const isLeast = group.some(({ countIsLeast }) => countIsLeast);
  const last = group.map(({ lastSeen }) => lastSeen).reduce((latest, one) => (one > latest ? one : latest));
  const services = [...new Set(group.map(({ service }) => service.replace(/\.amazonaws\.com$/, '')))].sort();
  return [
    { text: first.guardrail },
    effectOf(first),
    { text: first.principal },
    { text: first.account },
    { text: `${isLeast ? '≥ ' : ''}${grouped(count)}` },
    { text: last.slice(0, 16).replace('T', ' ') },
    { text: services.join(', ') },
  ];
}
