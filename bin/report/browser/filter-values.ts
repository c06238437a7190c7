import type { Entry } from './entry';

export const PIVOTS = ['source', 'agent', 'resource'] as const;
export const FILTERS = ['type', 'account', 'role', ...PIVOTS, 'from', 'to', 'q'] as const;
export type Filter = (typeof FILTERS)[number];

const SEVERITIES = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH'];

/** What the list is filtered by. Empty values do not filter. */
export interface FilterValues {
  readonly severities: ReadonlySet<string>;
  readonly fields: Readonly<Record<'type' | 'account' | 'role' | 'q', string>>;
  /** Of the pivot values chosen. */
  readonly tokens: readonly string[];
  readonly period: Period;
}

/** Epoch seconds; infinite where it is open. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** Of fields such as `2026-09-14T20:15`, which are taken for UTC. */
export function periodOf(from: string, to: string): Period {
  const [first, last] = [Date.parse(`${from}Z`) / 1_000, Date.parse(`${to}Z`) / 1_000];
  return { from: Number.isNaN(first) ? -Infinity : first, to: Number.isNaN(last) ? Infinity : last };
}

/** The fields of a period in epoch seconds, widened to whole minutes. */
export function fieldsOf({ from, to }: Period): { from: string; to: string } {
  return { from: minute(Math.floor(from / 60)), to: minute(Math.ceil(to / 60)) };
}

function minute(minutes: number): string {
  return new Date(minutes * 60_000).toISOString().slice(0, 16);
}

export function passes(entry: Entry, { severities, fields, tokens, period }: FilterValues): boolean {
  const { type, account, role, q } = fields;
  const conditions = [
    severities.size === 0 || severities.has(SEVERITIES[entry.weight] ?? ''),
    type === '' || entry.types.includes(type),
    account === '' || entry.accounts.includes(account),
    role === '' || entry.roles.includes(role),
    tokens.every((token) => entry.tokens.includes(token)),
    entry.first <= period.to && entry.last >= period.from,
  ];
  if (conditions.includes(false)) return false;
  const words = q.toLowerCase().split(/\s+/);
  return q === '' || words.every((word) => entry.text().includes(word));
}
