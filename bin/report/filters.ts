import { FINDING_TYPE_TABLE } from '../../lambda/detection/findings/finding-types';
import { accountsOf, rolesOf, type Incident } from './incidents';
import { MOST_VALUES, type Pivot } from './pivots';
import { el, type Piece } from './tree';

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
    choice(
      'type',
      'Finding',
      types.map((type) => ({ value: type, text: FINDING_TYPE_TABLE[type].label })),
    ),
    choice('account', 'Account', valuesOf(incidents, accountsOf).map(plain)),
    choice('role', 'Role', valuesOf(incidents, rolesOf).map(plain)),
    pivots
      .filter(({ values }) => values.length > 0)
      .map(({ name, label, values }) =>
        choice(
          name,
          label,
          values.map(({ value, token }) => ({ value, text: value, token })),
        ),
      ),
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

interface Choice {
  readonly value: string;
  readonly text: string;
  /** Of a pivot's value. */
  readonly token?: string;
}

function choice(name: string, label: string, choices: readonly Choice[]): Piece {
  return el(
    'label',
    {},
    el('span', {}, label),
    el(
      'select',
      { name },
      el('option', { value: '' }, 'all'),
      choices
        .slice(0, MOST_VALUES)
        .map(({ value, text, token }) => el('option', { value, 'data-k': token ?? null }, text)),
    ),
  );
}

function plain(value: string): Choice {
  return { value, text: value };
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
