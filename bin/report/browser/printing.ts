import type { List } from './list';

/** Longer lists are printed closed. */
const MOST = 100;

/** Opens the shown incidents for printing. */
export function printsOpen(list: List): void {
  let opened: HTMLDetailsElement[] = [];
  addEventListener('beforeprint', () => {
    const closed = list.shown.flatMap((item) => [
      ...item.querySelectorAll<HTMLDetailsElement>(':scope > details:not([open])'),
    ]);
    opened = list.shown.length <= MOST ? closed : [];
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
    opened = [];
  });
}
