import { el, type Piece } from './tree';

/** A table that scrolls where the page is narrow, and can be reached by keyboard for that; `label` is what is said of it. */
export function scrollingTable(label: string, heads: readonly string[], rows: readonly Piece[]): Piece {
  const head = heads.map((name) => el('th', { scope: 'col' }, name));
  return el(
    'div',
    { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': label },
    el('table', {}, el('thead', {}, el('tr', {}, head)), el('tbody', {}, rows)),
  );
}
