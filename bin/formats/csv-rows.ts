import { visible } from '../../lambda/detection/model/printable';

/** Spreadsheets take texts that begin with these for formulas. */
const FORMULA = /^[=+\-@\t\r]/;

/** Lines of CSV (RFC 4180), the header first. Texts are printable, on one line, and never formulas. */
export function* csvRows<Row>(
  columns: Readonly<Record<string, (row: Row) => string | number>>,
  rows: Iterable<Row>,
): Generator<string> {
  yield lineOf(Object.keys(columns));
  for (const row of rows) yield lineOf(Object.values(columns).map((cell) => cell(row)));
}

function lineOf(cells: readonly (string | number)[]): string {
  return `${cells.map(quoted).join(',')}\r\n`;
}

function quoted(cell: string | number): string {
  if (typeof cell === 'number') return String(cell);
  const text = visible(cell).replaceAll(/\s+/g, ' ');
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
