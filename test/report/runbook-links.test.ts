import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runbookSection } from '../../lambda/adapters/security-hub/asff';
import { FINDING_TYPES } from '../../lambda/detection/finding';
import { DEFAULT_SETTINGS } from '../../lambda/detection/parse-settings';

const README = readFileSync(join(__dirname, '../../README.md'), 'utf8');

/** As GitHub makes anchors of headings. */
const anchors = Array.from(README.matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-'),
);

test('the runbook has a section for the link of every finding type', () => {
  const links = FINDING_TYPES.map((type) => runbookSection(DEFAULT_SETTINGS.runbookUrl, type));
  expect(links.every((link) => link.includes('README.md#'))).toBe(true);
  expect(links.map((link) => link.split('#')[1]).filter((anchor) => !anchors.includes(anchor ?? ''))).toEqual([]);
});
