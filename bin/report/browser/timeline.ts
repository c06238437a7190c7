import type { List } from './list';

/** Hides the rows of the merged timeline whose incident is filtered away, or that lie outside the period. */
export function filtersTimeline(list: List): void {
  const rows = [...document.querySelectorAll<HTMLElement>('#timeline tbody tr')];
  if (rows.length === 0) return;
  list.onApply(({ places, period: { from, to } }) => {
    for (const row of rows) {
      const { i, x } = row.dataset;
      const time = Number(x);
      row.hidden = !places.has(Number(i)) || time < from || time > to;
    }
  });
}
