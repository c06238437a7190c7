import { patternFingerprint } from '../../../../lambda/detection/model/event-pattern';

const OWN = '111122223333';
const PATTERN = {
  account: [OWN],
  source: ['aws.ec2'],
  detail: { eventName: [{ prefix: 'Run' }, { exists: false }], errorCode: [null], readOnly: [true], size: [0] },
};

describe('the fingerprint of a pattern', () => {
  it('is the same in every account, deployment and order of keys', () => {
    expect(patternFingerprint(PATTERN, OWN)).toBe('0bb4a1c587fcf876');
    const { detail, source } = PATTERN;
    const { eventName, ...rest } = detail;
    const turned = { detail: { ...rest, eventName }, source, account: ['444455556666'] };
    expect(patternFingerprint(turned, '444455556666')).toBe(patternFingerprint(PATTERN, OWN));
  });

  const detail = PATTERN.detail;
  it.each<[string, object]>([
    ['another source', { ...PATTERN, source: ['aws.sts'] }],
    ['two sources', { ...PATTERN, source: ['aws.ec2', 'aws.sts'] }],
    ['no source', { account: PATTERN.account, detail }],
    ['the source elsewhere', { account: PATTERN.account, detail: { ...detail, source: ['aws.ec2'] } }],
    ['a foreign account', { ...PATTERN, account: ['444455556666'] }],
    ['a second account', { ...PATTERN, account: [OWN, '444455556666'] }],
    ['the account not in a list', { ...PATTERN, account: OWN }],
    ['the own account as another field', { ...PATTERN, source: [OWN] }],
    [
      'conditions in another order',
      { ...PATTERN, detail: { ...detail, eventName: [{ exists: false }, { prefix: 'Run' }] } },
    ],
    [
      'a condition turned round',
      { ...PATTERN, detail: { ...detail, eventName: [{ prefix: 'Run' }, { exists: true }] } },
    ],
    ['a text for a value', { ...PATTERN, detail: { ...detail, readOnly: ['true'] } }],
    ['a list for a value', { ...PATTERN, detail: { ...detail, errorCode: [[]] } }],
    ['an empty condition', { ...PATTERN, detail: { ...detail, errorCode: [{}] } }],
    ['a value left out', { ...PATTERN, detail: { ...detail, errorCode: [] } }],
  ])('differs for %s', (_, other) => {
    expect(patternFingerprint(other, OWN)).toMatch(/^[0-9a-f]{16}$/);
    expect(patternFingerprint(other, OWN)).not.toBe(patternFingerprint(PATTERN, OWN));
  });

  it('is of what JSON has: a field without a value is null', () => {
    expect(patternFingerprint([undefined], OWN)).toBe(patternFingerprint([null], OWN));
  });

  it('has its leading zeros', () => {
    const lengths = new Set(Array.from({ length: 300 }, (_, at) => patternFingerprint([at], OWN).length));
    expect([...lengths]).toEqual([16]);
  });
});
