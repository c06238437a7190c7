import type { List } from './list';
import { unpack } from './unpack';

const FILE = 'credlock-findings.csv';

/** The button that saves the findings shown, as `--format csv` writes them. */
export function csvButton(list: List): void {
  const button = document.querySelector<HTMLButtonElement>('#csv');
  const rows = document.querySelector('script[type="application/x-credlock-csv"]');
  if (!button || !rows) return;
  button.hidden = false;
  button.addEventListener('click', () => void save(list, rows));
}

async function save(list: List, script: Element): Promise<void> {
  const rows = await unpack(script);
  if (!isTexts(rows)) return;
  const [header = '', ...incidents] = rows;
  const shown = list.shownPlaces.map((place) => incidents[place] ?? '');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([header, ...shown], { type: 'text/csv' }));
  link.download = FILE;
  link.click();
  URL.revokeObjectURL(link.href);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
