import type { Cell } from './box-table';
import { visible } from '../../lambda/detection/model/printable';

/** A column of a table with one line for each row. */
export interface RowColumn {
  readonly head: string;
  /** Characters shown at most; the last column takes what is left. */
  readonly most: number;
}

const GAP = 2;
/** Narrower tables have less between columns. */
const NARROW = 100;

/** A table of one line a row and exactly `width` characters at most: longer texts are cut, the end of the last column first. */
export function* rowTable(
  columns: readonly RowColumn[],
  rows: readonly (readonly Cell[])[],
  width: number,
): Generator<string> {
  const gap = ' '.repeat(width < NARROW ? 1 : GAP);
  const widths = widthsOf(columns, rows, width, gap.length);
  yield line(
    columns.map(({ head }) => ({ text: head })),
    widths,
    gap,
  );
  for (const row of rows) yield line(row, widths, gap);
}

function widthsOf(
  columns: readonly RowColumn[],
  rows: readonly (readonly Cell[])[],
  width: number,
  gap: number,
): number[] {
  const widths = columns.slice(0, -1).map(({ head, most }, at) =>
    Math.min(
      most,
      rows.reduce((longest, row) => Math.max(longest, lengthOf(row[at]?.text ?? '')), head.length),
    ),
  );
  const taken = widths.reduce((sum, one) => sum + one + gap, 0);
  return [...widths, Math.max(width - taken, 8)];
}

function line(cells: readonly Cell[], widths: readonly number[], gap: string): string {
  const texts = widths.map((width, at) => {
    const cell = cells[at];
    const text = cut(visible(cell?.text ?? '').replaceAll('\n', ' '), width);
    const blanks = at === widths.length - 1 ? '' : ' '.repeat(width - lengthOf(text));
    return `${cell?.paint?.(text) ?? text}${blanks}`;
  });
  return `${texts.join(gap).trimEnd()}\n`;
}

function cut(text: string, width: number): string {
  return lengthOf(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`;
}

/** In code points. */
function lengthOf(text: string): number {
  return [...text].length;
}
