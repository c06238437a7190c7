import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runbookSection } from '../../../lambda/adapters/security-hub/asff';
import { postureSection } from '../../../lambda/adapters/security-hub/posture-asff';
import { FINDING_TYPES } from '../../../lambda/detection/model/finding';
import { DEFAULT_SETTINGS } from '../../../lambda/detection/parse-settings';
import { RUNBOOK_SECTIONS } from '../../../lib/hub/alarm-settings';

const PAGE = 'docs/runbook.md';
const RUNBOOK = readFileSync(join(__dirname, '../../..', PAGE), 'utf8');

/** As GitHub makes anchors of headings. */
const anchors = Array.from(RUNBOOK.matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-'),
);

test('the runbook has a section for the link of every finding type', () => {
  const { runbookUrl } = DEFAULT_SETTINGS;
  const links = [...FINDING_TYPES.map((type) => runbookSection(runbookUrl, type)), postureSection(runbookUrl)];
  expect(links.every((link) => link.includes(`${PAGE}#`))).toBe(true);
  expect(links.map((link) => link.split('#')[1]).filter((anchor) => !anchors.includes(anchor ?? ''))).toEqual([]);
});

test('and one for every alarm', () => {
  expect(Object.values(RUNBOOK_SECTIONS).filter((section) => !anchors.includes(section))).toEqual([]);
});
