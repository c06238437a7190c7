import { FINDING_TYPE_TABLE } from '../../lambda/detection/findings/finding-types';
import { accountsOf, rolesOf, type Incident } from './incidents';
import type { Pivot } from './pivots';
import { el, type Piece } from './tree';

/** The search field finds the others. */
const MOST_CHOICES = 200;

/** Filters of the list; shown by the page's script. */
export function filterBar(incidents: readonly Incident[], pivots: readonly Pivot[]): Piece {
  const types = valuesOf(incidents, ({ findings }) => findings.map(({ type }) => type));
  return el(
    'form',
    { id: 'filters', hidden: true, role: 'search', 'aria-label': 'Filter incidents' },
    el(
      'fieldset',
      {},
      el('legend', {}, 'Severity'),
      ['HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'].map((severity) =>
        el(
          'label',
          { class: severity.toLowerCase() },
          el('input', { type: 'checkbox', name: 'severity', value: severity }),
          el('span', {}, severity === 'INFORMATIONAL' ? 'Info' : severity.charAt(0) + severity.slice(1).toLowerCase()),
        ),
      ),
    ),
    choice('type', 'Finding', types, (type) => FINDING_TYPE_TABLE[type].label),
    choice('account', 'Account', valuesOf(incidents, accountsOf), (account) => account),
    choice('role', 'Role', valuesOf(incidents, rolesOf), (role) => role),
    pivots.filter(({ values }) => values.length > 0).map(pivotChoice),
    period('from', 'From (UTC)'),
    period('to', 'To (UTC)'),
    el(
      'label',
      { class: 'search' },
      el('span', {}, 'Search'),
      el('input', { type: 'search', name: 'q', autocomplete: 'off', spellcheck: 'false' }),
    ),
    el('output', { id: 'shown', 'aria-live': 'polite' }),
    el('button', { type: 'button', id: 'csv', hidden: true }, 'Download CSV'),
    el('button', { type: 'reset' }, 'Clear'),
  );
}

function valuesOf<T extends string>(incidents: readonly Incident[], of: (incident: Incident) => readonly T[]): T[] {
  return [...new Set(incidents.flatMap(of))].sort();
}

function choice<T extends string>(
  name: string,
  label: string,
  values: readonly T[],
  nameOf: (value: T) => string,
): Piece {
  return el(
    'label',
    {},
    el('span', {}, label),
    el(
      'select',
      { name },
      el('option', { value: '' }, 'all'),
      values.slice(0, MOST_CHOICES).map((value) => el('option', { value }, nameOf(value))),
    ),
  );
}

function pivotChoice({ name, label, values }: Pivot): Piece {
  return el(
    'label',
    {},
    el('span', {}, label),
    el(
      'select',
      { name },
      el('option', { value: '' }, 'all'),
      values.map(({ value, token }) => el('option', { value, 'data-k': token }, value)),
    ),
  );
}

function period(name: string, label: string): Piece {
  return el('label', {}, el('span', {}, label), el('input', { type: 'datetime-local', name }));
}

const COLUMNS = [
  ['severity', 'Severity'],
  ['type', 'Finding'],
  ['workload', 'Workload, role'],
  ['origin', 'Used from'],
  ['account', 'Account'],
  ['time', 'First seen'],
  ['calls', 'Calls'],
] as const;

/** Column headings, which are buttons that sort the list. */
export function listHead(): Piece {
  return el(
    'div',
    { class: 'head', role: 'group', 'aria-label': 'Sort incidents by' },
    COLUMNS.map(([name, label]) =>
      el('button', { type: 'button', 'data-sort': name, 'aria-pressed': 'false', disabled: true }, label),
    ),
  );
}
