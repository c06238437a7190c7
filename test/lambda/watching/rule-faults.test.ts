import { patternFingerprint } from '../../../lambda/detection/model/event-pattern';
import { missingRules, STATE_NEEDED } from '../../../lambda/watching/rule-faults';

const ACCOUNT = '111122223333';
const PATTERN = { source: [{ prefix: 'aws.' }], account: [''], detail: { eventName: ['AssumeRole'] } };
const DEPLOYED = { detail: { eventName: ['AssumeRole'] }, account: [ACCOUNT], source: [{ prefix: 'aws.' }] };

const faults = (pattern: unknown): (string | undefined)[] => [
  missingRules(
    ['credlock-issuance'],
    [
      {
        name: 'credlock-issuance',
        state: STATE_NEEDED,
        hasPattern: true,
        targets: 1,
        pattern: typeof pattern === 'string' ? pattern : JSON.stringify(pattern),
      },
    ],
    { account: ACCOUNT, fingerprints: new Map([['credlock-issuance', patternFingerprint(PATTERN, '')]]) },
  ).get('credlock-issuance'),
];

test('a rule with the deployed pattern is right, whatever the order of its fields and the account', () => {
  expect(faults(DEPLOYED)).toEqual([undefined]);
});

test.each([
  ['another source', { ...DEPLOYED, source: ['none'] }],
  ['another account', { ...DEPLOYED, account: ['444455556666'] }],
  ['a condition more', { ...DEPLOYED, region: ['eu-west-1'] }],
  ['a condition less', { source: DEPLOYED.source, account: DEPLOYED.account }],
  ['values in a list of lists', { ...DEPLOYED, detail: { eventName: [['AssumeRole']] } }],
  ['no JSON', '{'],
])('a rule with %s is not', (_what, pattern) => {
  expect(faults(pattern)).toEqual(['its pattern is not that of this version']);
});

test('a rule whose pattern was not read, or is not known, is not compared', () => {
  const rule = { name: 'credlock-issuance', state: STATE_NEEDED, hasPattern: true, targets: null };
  const none = { account: ACCOUNT, fingerprints: new Map<string, string>() };
  expect(missingRules([rule.name], [{ ...rule, pattern: '{}' }], none).size).toBe(0);
  expect(missingRules([rule.name], [{ ...rule, pattern: '{}' }]).size).toBe(0);
  const known = { account: ACCOUNT, fingerprints: new Map([[rule.name, 'x']]) };
  expect(missingRules([rule.name], [rule], known).size).toBe(0);
});
