import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FINDING_TYPES, SEVERITIES } from '../../../../lambda/detection/model/finding';
import { FINDING_TYPE_TABLE, severityOf } from '../../../../lambda/detection/findings/finding-types';
import { allScenarios, detectIn, factsOf } from '../../../scenario';

const EXPLAINED = { yes: 'yes', no: 'no', 'without-organization-list': 'without `organizationAccounts`' };

function rows(): string[] {
  return FINDING_TYPES.map((type) => {
    const { weakSeverity, uncertainSeverity, highestOfMembers, technique, guardDuty, explainable, declarable } =
      FINDING_TYPE_TABLE[type];
    const severity = highestOfMembers
      ? 'the highest of its members'
      : [severityOf(type), weakSeverity, uncertainSeverity].filter(Boolean).join(' or ');
    const attack = technique ? `${technique.id} ${technique.name}` : '-';
    return `| ${type} | ${severity} | ${attack} | ${guardDuty ?? '-'} | ${EXPLAINED[explainable]} | ${declarable ? 'yes' : 'no'} |`;
  });
}

test('docs/finding-types.md lists every type as the table has it', () => {
  const page = readFileSync(join(__dirname, '../../../../docs/finding-types.md'), 'utf8');
  const cells = (line: string): string => line.replace(/ +/g, ' ');
  const listed = page.split('\n').filter((line) => FINDING_TYPES.some((type) => line.startsWith(`| ${type} `)));
  expect(listed.map(cells)).toEqual(rows());
});

test('a weak case is less severe than the usual one', () => {
  for (const type of FINDING_TYPES) {
    const { weakSeverity } = FINDING_TYPE_TABLE[type];
    if (weakSeverity)
      expect(SEVERITIES.indexOf(weakSeverity)).toBeLessThan(SEVERITIES.indexOf(FINDING_TYPE_TABLE[type].severity));
    expect(severityOf(type, true)).toBe(weakSeverity ?? severityOf(type));
  }
});

test('every finding of the scenarios has a severity that its type allows', () => {
  const wrong = allScenarios()
    .flatMap((scenario) => detectIn(scenario, factsOf(scenario.records)).findings)
    .filter(({ type, severity }) => {
      const row = FINDING_TYPE_TABLE[type];
      return !row.highestOfMembers && ![row.severity, row.weakSeverity, row.uncertainSeverity].includes(severity);
    });
  expect(wrong).toEqual([]);
});
