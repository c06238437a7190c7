import type { List } from './list';

/** Longer lists are printed closed. */
const MOST = 100;

/** Opens the shown incidents for printing; the button prints the summary and those of HIGH severity alone. */
export function printsOpen(list: List): void {
  let opened: HTMLDetailsElement[] = [];
  const page = document.documentElement;
  const button = document.querySelector<HTMLButtonElement>('#print');
  if (button && list.shown.some(isHigh)) {
    button.hidden = false;
    button.addEventListener('click', () => {
      page.dataset['print'] = 'high';
      print();
    });
  }
  addEventListener('beforeprint', () => {
    const shown = list.shown.filter((item) => page.dataset['print'] !== 'high' || isHigh(item));
    const closed = shown.flatMap((item) => [
      ...item.querySelectorAll<HTMLDetailsElement>(':scope > details:not([open])'),
    ]);
    opened = shown.length <= MOST ? closed : [];
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
    opened = [];
    delete page.dataset['print'];
  });
}

function isHigh({ classList }: HTMLElement): boolean {
  return classList.contains('high');
}
