import { postureAsffOf } from '../../../../lambda/adapters/security-hub/posture-asff';
import { ASFF_LIMITS } from '../../../../lambda/adapters/security-hub/asff-limits';
import {
  roleExposureOf,
  roleExposuresOf,
  wordsOfExposure,
  type ExposedInstance,
} from '../../../../lambda/detection/posture/role-exposure';
import { cidrSet } from '../../../../lambda/detection/model/address';
import { postureOf } from '../../../../lambda/detection/posture/posture';
import { ACCOUNT, at, OTHER_ACCOUNT, Trail } from '../trail';

const DAY = 86_400_000;
const NOW = at('12:00');
const QUIET = { now: NOW, quietDays: 30 };
const WHERE = {
  account: '999988887777',
  region: 'eu-central-1',
  partition: 'aws',
  updatedAt: '2026-09-01T12:00:00.000Z',
  runbookUrl: 'https://example.org/runbook#top',
};

function instance(id: string, over: Partial<ExposedInstance> = {}): ExposedInstance {
  const seen = { firstSeen: NOW - DAY, lastSeen: NOW - DAY };
  return { instance: id, region: 'eu-west-1', userAgents: ['old-sdk/1'], onlySuspected: false, ...seen, ...over };
}

function exposure(...instances: readonly ExposedInstance[]) {
  return roleExposureOf({ partition: 'aws', account: ACCOUNT, role: 'web' }, instances, QUIET);
}

describe('a role’s exposure', () => {
  test('is of all its instances, the latest first, and those that are quiet left out', () => {
    const { instances, status, firstSeen, lastSeen } = exposure(
      instance('i-2', { lastSeen: NOW - 2 * DAY }),
      instance('i-1', { lastSeen: NOW - DAY, firstSeen: NOW - 50 * DAY }),
      instance('i-quiet', { lastSeen: NOW - 31 * DAY, firstSeen: NOW - 60 * DAY }),
    );
    expect(instances.map((one) => one.instance)).toEqual(['i-1', 'i-2']);
    expect([status, firstSeen, lastSeen]).toEqual(['ACTIVE', '2026-07-03T12:00:00Z', '2026-08-31T12:00:00Z']);
  });

  test.each([
    [30 * DAY - 1, 'ACTIVE', null],
    [30 * DAY, 'ARCHIVED', 'no keys of the role were got by IMDSv1 for 30 days'],
  ])('of %d milliseconds ago is %s', (ago, status, archivedBecause) => {
    expect(exposure(instance('i-1', { lastSeen: NOW - ago }))).toMatchObject({ status, archivedBecause });
  });

  test('is reported once for each account and role', () => {
    const { facts } = new Trail()
      .calls('i-1', '198.51.100.1', '08:00', { delivery: '1.0' })
      .calls('i-2', '198.51.100.2', '08:00', { delivery: '1.0' })
      .calls('i-2', '198.51.100.2', '08:00', { delivery: '1.0', role: 'other' })
      .calls('i-3', '198.51.100.3', '08:00', { delivery: '1.0', account: OTHER_ACCOUNT })
      .calls('i-4', '198.51.100.4', '08:00', { delivery: '2.0' });
    const exposures = roleExposuresOf(postureOf(facts, { privateNetworks: cidrSet([]) }), QUIET);
    expect(exposures.map(({ id, instances }) => `${id} ${instances.map((one) => one.instance).join()}`)).toEqual([
      `credlock/posture/aws/${ACCOUNT}/orders-api i-1,i-2`,
      `credlock/posture/aws/${ACCOUNT}/other i-2`,
      `credlock/posture/aws/${OTHER_ACCOUNT}/orders-api i-3`,
    ]);
  });

  test('says whom it concerns and what calls', () => {
    expect(wordsOfExposure(exposure(instance('i-1')))).toEqual({
      title: `Role web in account ${ACCOUNT} gets keys by IMDSv1 on i-1`,
      description:
        'Keys of role web were handed out without a token (IMDSv1) on i-1. Anyone who can make an application on the instance fetch a URL can read these credentials. They are used by "old-sdk/1".',
    });
  });

  const READ =
    'Anyone who can make an application on the instance fetch a URL can read these credentials. They are used by';
  const SUSPECTED = 'Only calls that credlock has findings about used them: the instances allow IMDSv1 and need none.';
  const ids = (count: number): ExposedInstance[] => Array.from({ length: count }, (_, n) => instance(`i-${n}`));
  const agents = (...userAgents: string[]): ExposedInstance => instance('i-0', { userAgents });
  test.each<[string, readonly ExposedInstance[], string, string]>([
    ['of five instances', ids(5), '5 instances', `i-0, i-1, i-2, i-3, i-4. ${READ} "old-sdk/1".`],
    ['of six instances', ids(6), '6 instances', `i-0, i-1, i-2, i-3, i-4 and 1 more. ${READ} "old-sdk/1".`],
    [
      'of more than are listed',
      ids(25),
      '25 instances',
      `i-0, i-1, i-10, i-11, i-12 and 20 more. ${READ} "old-sdk/1".`,
    ],
    ['of calls that findings are about', [instance('i-0', { onlySuspected: true })], 'i-0', `i-0. ${SUSPECTED}`],
    [
      'of such calls, and of an instance that needs IMDSv1',
      [instance('i-0', { onlySuspected: true }), instance('i-1')],
      '2 instances',
      `i-0, i-1. ${READ} "old-sdk/1".`,
    ],
    ['of no user agent', [agents()], 'i-0', `i-0. ${READ} nothing that names itself.`],
    ['of three user agents', [agents('c', 'a', 'b')], 'i-0', `i-0. ${READ} "a", "b", "c".`],
    ['of four user agents', [agents('c', 'a', 'b', 'd')], 'i-0', `i-0. ${READ} "a", "b", "c" and 1 more.`],
    ['of a long user agent', [agents('x'.repeat(80))], 'i-0', `i-0. ${READ} "${'x'.repeat(80)}".`],
    ['of a longer user agent', [agents('x'.repeat(81))], 'i-0', `i-0. ${READ} "${'x'.repeat(79)}…".`],
  ])('is described: %s', (_, instances, on, rest) => {
    expect(wordsOfExposure(exposure(...instances))).toEqual({
      title: `Role web in account ${ACCOUNT} gets keys by IMDSv1 on ${on}`,
      description: `Keys of role web were handed out without a token (IMDSv1) on ${rest}`,
    });
  });

  test('says why it was withdrawn', () => {
    const { description } = wordsOfExposure(exposure(instance('i-1', { lastSeen: NOW - 31 * DAY })));
    expect(description).toMatch(/^Withdrawn: no keys of the role were got by IMDSv1 for 30 days\. Keys of role web/);
  });

  test('is only suspected where each call is one that findings are about', () => {
    const { facts } = new Trail()
      .calls('i-1', '192.0.2.66', '08:00', { delivery: '1.0' })
      .calls('i-2', '198.51.100.1', '08:00', { delivery: '1.0' });
    const isSuspect = (_: unknown, origin: string) => origin === '192.0.2.66';
    const [found] = roleExposuresOf(postureOf(facts, { privateNetworks: cidrSet([]), isSuspect }), QUIET);
    expect(found?.instances.map((one) => [one.instance, one.onlySuspected])).toEqual([
      ['i-1', true],
      ['i-2', false],
    ]);
  });
});

describe('in Security Hub', () => {
  const many = Array.from({ length: 1_000 }, (_, n) =>
    instance(`i-${String(n).padStart(17, '0')}`, { userAgents: [`${'x'.repeat(1_000)}\u0000${n}`] }),
  );
  const large = postureAsffOf(
    roleExposureOf({ partition: 'aws', account: ACCOUNT, role: 'r'.repeat(64) }, many, QUIET),
    WHERE,
  );

  test('a large exposure keeps to every limit', () => {
    expect(large.Title?.length).toBeLessThanOrEqual(ASFF_LIMITS.title);
    expect(large.Description?.length).toBeLessThanOrEqual(ASFF_LIMITS.description);
    expect(large.Resources?.length).toBeLessThanOrEqual(ASFF_LIMITS.resources);
    expect(large.Remediation?.Recommendation?.Text?.length).toBeLessThanOrEqual(ASFF_LIMITS.remediationText);
    expect(Buffer.byteLength(JSON.stringify(large))).toBeLessThan(ASFF_LIMITS.findingBytes);
    for (const value of Object.values(large.ProductFields ?? {}))
      expect(value.length).toBeLessThanOrEqual(ASFF_LIMITS.productFieldValue);
    expect(JSON.stringify(large)).not.toContain('\\u0000');
    expect(large.ProductFields?.['credlock/instances']).toBe('1000');
  });

  test('it has the role first, then instances, and an id and type of its own', () => {
    expect(large.Resources?.[0]).toMatchObject({ Type: 'AwsIamRole', Partition: 'aws' });
    expect(large.Resources?.[1]).toMatchObject({ Type: 'AwsEc2Instance', Region: 'eu-west-1' });
    expect(large).toMatchObject({
      Id: `credlock/posture/aws/${ACCOUNT}/${'r'.repeat(64)}`,
      GeneratorId: 'credlock/ImdsV1',
      Types: ['Software and Configuration Checks/AWS Security Best Practices/credlock:ImdsV1'],
      Severity: { Label: 'LOW' },
      RecordState: 'ACTIVE',
    });
    expect(large.Remediation?.Recommendation?.Url).toBe('https://example.org/runbook#closing-the-door');
  });

  test('it belongs to the account that imports, whatever account it is about, and leaves alone what is the customer’s', () => {
    expect(large.AwsAccountId).toBe('999988887777');
    expect(large.ProductFields?.['credlock/account']).toBe(ACCOUNT);
    for (const key of ['Workflow', 'Note', 'VerificationState']) expect(large).not.toHaveProperty(key);
  });
});
