import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PARTITIONS, SORT_KEYS } from '../../../lambda/store/table-schema';

const DOCUMENT = readFileSync(path.join(__dirname, '../../../docs/lock-table.md'), 'utf8');

/** The keys in the first column of a section's table. */
function documentedIn(section: string): string[] {
  const [, text = ''] = DOCUMENT.split(`## ${section}\n`);
  const [table = ''] = text.split('\n## ');
  return [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(
    ([, cell = '']) => cell.match(/(?<=`)[^`, ]+(?=[^`]*`)/g) ?? [],
  );
}

test.each([
  ['Partitions', PARTITIONS],
  ['Sort keys', SORT_KEYS],
])('%s: docs/lock-table.md describes each prefix, and no other', (section, prefixes) => {
  const documented = documentedIn(section)
    .map((key) => key.replace(/<.*/, ''))
    .filter((prefix) => prefix !== '');
  expect(new Set(documented)).toEqual(new Set(Object.values(prefixes)));
});

test('a prefix stands for one thing', () => {
  const all = [...Object.values(PARTITIONS), ...Object.values(SORT_KEYS)];
  expect(new Set(all).size).toBe(all.length);
});
