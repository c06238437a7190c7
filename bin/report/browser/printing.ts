import type { List } from './list';

/** More than anybody prints. */
const MOST = 100;

/** Paper has nothing to click: what is shown is printed open, and closed again. */
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
