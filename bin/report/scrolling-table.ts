import { el, type Piece } from './tree';

/** A table that scrolls on narrow pages, also by keyboard; `label` is for screen readers. */
export function scrollingTable(label: string, heads: readonly string[], rows: readonly Piece[]): Piece {
  const head = heads.map((name) => el('th', { scope: 'col' }, name));
  return el(
    'div',
    { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': label },
    el('table', {}, el('thead', {}, el('tr', {}, head)), el('tbody', {}, rows)),
  );
}
