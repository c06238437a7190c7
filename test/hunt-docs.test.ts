import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UNREAD, UNREAD_KINDS } from '../lambda/hunting/unread-files';

const PAGE = readFileSync(join(__dirname, '../docs/hunt.md'), 'utf8');

test('lists every kind of unread log file with its remedy', () => {
  const rows = UNREAD_KINDS.map((kind) => `| \`${kind}\` | ${UNREAD[kind].what} | ${UNREAD[kind].remedy ?? '–'} |`);
  expect(rows.filter((row) => !PAGE.includes(row))).toEqual([]);
});
