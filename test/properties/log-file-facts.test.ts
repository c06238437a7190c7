import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { seededRandom } from '../../trail-writer/random';
import { trailScenarios } from '../scenario';
import { expectSame, MemoryReader, NOW } from './memory-reader';
import { PathComparison } from './path-comparison';
import { testScanner } from '../test-scanner';

const RUNS = 1_000;
const DEMO = join(__dirname, '../../demo/trail');

/** One for all, since it reserves much address space. */
const scanner = testScanner();

const scenarios = trailScenarios().map(({ records }) => records);
const demo = readdirSync(DEMO, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.gz') && !name.includes('-Digest'))
  .map((name) => gunzipSync(readFileSync(join(DEMO, name))));

/** Reads files of records with one reader of each path. */
async function expectSameOf(files: readonly (readonly unknown[])[]): Promise<MemoryReader> {
  const [fast, ordinary] = [new MemoryReader(scanner), new MemoryReader(null)];
  for (const [index, records] of files.entries()) {
    const file = Buffer.from(JSON.stringify({ Records: records }));
    expect(fast.readFile(`${index}.json`, file)).toBe(true);
    await ordinary.read(`${index}.json`, file);
  }
  expectSame(fast, ordinary);
  return fast;
}

test('every scenario and every file of the demo is read by the fast path, with the same facts and counts', async () => {
  const comparison = new PathComparison(scanner, scenarios);
  const files = scenarios.map((records) => Buffer.from(JSON.stringify({ Records: records })));
  for (const file of [...files, ...demo]) expect(await comparison.file(file)).toBe(true);
});

test('many files in one reader give the facts that each gives alone', async () => {
  await expectSameOf([...scenarios.slice(0, 60), ...scenarios.slice(0, 60).toReversed()]);
});

test('of many calls in any order both paths keep the same', async () => {
  const random = seededRandom(20_261_201);
  const [call] =
    trailScenarios()
      .find(({ records }) => records.some(isOfInstance))
      ?.records.filter(isOfInstance) ?? [];
  const sessions = ['web/i-0123456789abcdef0', 'people/alice'].map(
    (name) => `arn:aws:sts::111122223333:assumed-role/${name}`,
  );
  const calls = Array.from({ length: 1_500 }, (_, index) => ({
    ...(call as object),
    userIdentity: { type: 'AssumedRole', arn: random.pick(sessions), accountId: '111122223333', accessKeyId: 'ASIA1' },
    eventTime: new Date(NOW - 1_000 * random.below(20 * 3_600)).toISOString().replace('.000Z', 'Z'),
    eventID: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    requestParameters: { bucketName: `b-${random.below(50)}` },
  }));
  await expectSameOf(Array.from({ length: 20 }, () => Array.from({ length: 100 }, () => random.pick(calls))));
});

const VERSIONS = ['1.11', '1.08', '1.07', '1.8', '1.10', '2.00', '1.x9', '1.011', 1.08, null];

test('sessions whose keys, addresses and versions change give what the ordinary path gives', async () => {
  const random = seededRandom(20_261_203);
  const keys = ['ASIA1', 'ASIA2', 'A-3', '', null];
  const calls = Array.from({ length: 3_000 }, (_, index) => ({
    eventVersion: random.pick(VERSIONS),
    ...random.pick([{}, { eventCategory: 'Data' }, { eventCategory: 'Management' }, { eventCategory: 'Insight' }]),
    userIdentity: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::111122223333:assumed-role/${random.pick(['web/i-0123456789abcdef0', 'admin/al@example.com', 'web/ASIA1'])}`,
      accountId: '111122223333',
      ...random.pick([{}, { accessKeyId: random.pick(keys) }, { note: '\\', accessKeyId: random.pick(keys) }]),
      sessionContext: {
        sessionIssuer: random.pick([{}, { accessKeyId: random.pick(keys) }]),
        attributes: { creationDate: random.pick(['2026-11-01T00:00:00Z', '2026-11-01T01:00:00Z', '\u263a', 7]) },
        ...random.pick([{}, { ec2RoleDelivery: random.pick(['1.0', '2.0']) }]),
      },
      ...random.pick([{}, { invokedBy: 'athena.amazonaws.com' }, { inScopeOf: { issuerType: 'AWS::EC2::Instance' } }]),
    },
    eventTime: new Date(NOW - 1_000 * random.below(20 * 3_600)).toISOString().replace('.000Z', 'Z'),
    eventSource: 's3.amazonaws.com',
    eventName: 'GetBucketAcl',
    awsRegion: 'eu-west-1',
    sourceIPAddress: random.pick([
      '198.51.100.7',
      '198.51.100.8',
      '2001:DB8::1',
      '10.0.0.7',
      'athena.amazonaws.com',
      'x',
    ]),
    ...random.pick([
      {},
      { vpcEndpointId: 'vpce-1' },
      { vpcEndpointId: 'vpce-1', vpcEndpointAccountId: '444455556666' },
    ]),
    eventID: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
  }));
  await expectSameOf(Array.from({ length: 10 }, (_, file) => calls.slice(file * 300, (file + 1) * 300)));
});

test('of the calls of people over days, in any order, both paths keep the first of each day', async () => {
  const random = seededRandom(20_261_202);
  const account = '111122223333';
  const session = (role: string): object => ({
    type: 'AssumedRole',
    arn: `arn:aws:sts::${account}:assumed-role/${role}/al`,
  });
  const identities = [
    { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/alice`, accountId: account, userName: 'alice' },
    { type: 'IAMUser', arn: 'arn:aws:iam::444455556666:user/bob', accountId: '444455556666', userName: 'bob' },
    { type: 'Root', arn: `arn:aws:iam::${account}:root`, accountId: account },
    { ...session('AWSReservedSSO_Admin_0123456789abcdef'), accessKeyId: 'ASIA1' },
    { ...session('deployment'), accessKeyId: 'ASIA2' },
  ];
  const calls = Array.from({ length: 900 }, (_, index) => ({
    eventVersion: '1.11',
    userIdentity: random.pick(identities),
    eventTime: new Date(NOW - 1_000 * random.below(4 * 86_400)).toISOString().replace('.000Z', 'Z'),
    eventSource: random.pick(['ec2.amazonaws.com', 'signin.amazonaws.com']),
    eventName: random.pick(['DescribeInstances', 'DescribeVpcs', 'CheckMfa', 'ConsoleLogin', 'StopInstances']),
    awsRegion: 'eu-west-1',
    sourceIPAddress: random.pick(['198.51.100.7', '198.51.100.8', '10.0.0.7', 'athena.amazonaws.com']),
    responseElements: random.pick([null, { ConsoleLogin: 'Success' }]),
    eventID: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    eventType: 'AwsApiCall',
    recipientAccountId: account,
  }));
  const files = Array.from({ length: 20 }, () => Array.from({ length: 100 }, () => random.pick(calls)));
  const { facts } = await expectSameOf(files);
  expect(facts.people.size).toBeGreaterThan(6);
});

test('records that state more than a call, of callers and calls in any combination, give what the ordinary path gives', async () => {
  const random = seededRandom(20_261_204);
  const account = '111122223333';
  const session = (arn: string): object => ({ type: 'AssumedRole', arn, accountId: account, accessKeyId: 'ASIA1' });
  const identities = [
    { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' },
    { type: 'AWSService', invokedBy: 'config.amazonaws.com' },
    { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/alice`, accountId: account, accessKeyId: 'AKIA1' },
    { type: 'WebIdentityUser', userName: 'system:serviceaccount:a:b', principalId: 'arn:aws:iam::1:oidc-provider/c' },
    session(`arn:aws:sts::${account}:assumed-role/web/i-0123456789abcdef0`),
    session(`arn:aws-cn:sts::${account}:assumed-role/deployment/al@example.com`),
    session('arn:aws:iam::111122223333:role/odd'),
  ];
  const requests = [
    { roleArn: `arn:aws:iam::${account}:role/web`, roleSessionName: 'i-0123456789abcdef1' },
    { roleArn: `arn:aws:iam::${account}:role/config`, roleSessionName: 'AWSConfig-Describe', __proto__: null },
    { userName: 'mallory', instanceId: 'i-0123456789abcdef2', networkInterfaceId: 'eni-1', publicIp: '198.51.100.9' },
    null,
  ];
  const responses = [
    { credentials: { accessKeyId: 'ASIA7', sessionToken: 'x', expiration: 'Nov 20, 2026, 6:30:22\u202fPM' } },
    { accessKey: { accessKeyId: 'AKIA7', userName: 'm\u00fcller' }, instancesSet: { items: [{ instanceId: 'i-01' }] } },
    null,
    { _return: false },
  ];
  const names = [
    'AssumeRole',
    'AssumeRoleWithWebIdentity',
    'TerminateInstances',
    'AssociateAddress',
    'CreateAccessKey',
  ];
  const records = Array.from({ length: 3_000 }, (_, index) => ({
    eventVersion: random.pick(['1.08', '1.11', '1.05']),
    userIdentity: random.pick(identities),
    eventTime: new Date(NOW - 1_000 * random.below(9 * 86_400) + 3 * 86_400_000).toISOString().replace('.000Z', 'Z'),
    eventSource: random.pick(['sts.amazonaws.com', 'ec2.amazonaws.com', 'iam.amazonaws.com']),
    eventName: random.pick([...names, 'BidEvictedEvent', 'DescribeVpcs']),
    awsRegion: random.pick(['eu-west-1', 'us-gov-west-1', 'cn-north-1']),
    sourceIPAddress: random.pick(['198.51.100.7', '10.0.0.7', 'ec2.amazonaws.com', 'AWS Internal', '?']),
    ...random.pick([
      {},
      {},
      { errorCode: 'AccessDenied' },
      { additionalEventData: { AuthenticationMethod: 'QueryString' } },
    ]),
    requestParameters: random.pick(requests),
    ...random.pick([{}, ...responses.map((responseElements) => ({ responseElements }))]),
    ...random.pick([{}, {}, { resources: [{ ARN: `arn:aws:iam::${account}:role/web` }] }]),
    eventID: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    ...random.pick([
      {},
      ...[index, null, '', `${index}\u263a`, 'x'.repeat(36), '\\'.repeat(18)].map((sharedEventID) => ({
        sharedEventID,
      })),
    ]),
    ...random.pick([{}, {}, {}, { serviceEventDetails: { instanceIdSet: ['i-0123456789abcdef3'] } }]),
    eventType: random.pick(['AwsApiCall', 'AwsApiCall', 'AwsApiCall', 'AwsServiceEvent', 'AwsVpceEvent']),
    ...random.pick([{}, { recipientAccountId: account }, { recipientAccountId: '444455556666' }]),
  }));
  const { facts } = await expectSameOf(Array.from({ length: 30 }, (_, at) => records.slice(at * 100, at * 100 + 100)));
  expect(
    [facts.issuances, facts.changes, facts.grants, facts.foreignKeys].every((of) => [...of.values()].length > 0),
  ).toBe(true);
});

test('a record that names a user or an action elsewhere than in its own fields is relevant to neither path', async () => {
  const record = (index: number, fields: object): object => ({
    eventVersion: '1.11',
    userIdentity: { type: 'AWSService', invokedBy: 'config.amazonaws.com' },
    eventTime: '2026-11-01T00:00:00Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'GetUser',
    sourceIPAddress: 'config.amazonaws.com',
    eventID: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
    ...fields,
  });
  const user = { type: 'IAMUser', arn: 'arn:aws:iam::444455556666:user/alice', accountId: '444455556666' };
  const fields = [
    {},
    { requestParameters: { principalType: 'IAMUser' } },
    { userAgent: 'Root' },
    { requestParameters: { eventName: 'RunInstances' } },
    { eventName: '"RunInstances"' },
  ];
  const reader = await expectSameOf([
    Array.from({ length: 30 }, (_, index) => record(index, fields[index % fields.length] ?? {})),
    [record(31, { userIdentity: user, recipientAccountId: '444455556666' })],
  ]);
  expect([...reader.facts.accounts]).toEqual(['444455556666']);
});

function isOfInstance(record: unknown): boolean {
  return JSON.stringify(record).includes(':assumed-role/') && JSON.stringify(record).includes('"AwsApiCall"');
}

test(`${RUNS} files of records rewritten in any form give what the ordinary path gives`, async () => {
  const comparison = new PathComparison(scanner, scenarios);
  const random = seededRandom(20_261_130);
  for (let run = 0; run < RUNS; run += 1) await comparison.randomFile(random);
  expect(comparison.files.fast).toBeGreaterThan(RUNS / 2);
});

test(`${RUNS / 2} streams of records, in any wrapper and cut anywhere, give what the ordinary path gives`, async () => {
  const comparison = new PathComparison(scanner, scenarios);
  const random = seededRandom(20_261_202);
  for (let run = 0; run < RUNS / 2; run += 1) await comparison.randomStream(random);
  expect(comparison.streams.inRuns).toBeGreaterThan(comparison.streams.records / 2);
});

test('what is no plain log file is left to the ordinary path', () => {
  const record = JSON.stringify(scenarios[0]?.[0]);
  const files = ['', '{}', '[]', record, `[${record}]`, `{"Records":[${record}`, `{"Records":[${record},]}`];
  files.push(`{"Records":[${record} ${record}]}`, `{"Records":[1,${record}]}`, `{"Records":[${record}]}x`);
  const nameless = JSON.stringify({ ...(scenarios[0]?.[0] as object), eventName: 1e308 });
  files.push(`{"Records":[{"Records":[${record}]}]}`, `{"Records":[${record},${nameless}]}`);
  files.push(`{"Records":[${record.slice(0, -1)}]}`, `{"a":1,"Records":[]}`);
  for (const file of files) expect(new MemoryReader(scanner).readFile('file', Buffer.from(file))).toBe(false);
});

test('only the source of a record tells that it is a notification of S3, not what else it names', async () => {
  const call = scenarios.flat().find(isOfInstance) as object;
  const record = { ...call, userIdentity: { type: 'AWSService', invokedBy: 'config.amazonaws.com' } };
  const fields = [
    { eventType: 'AwsServiceEvent', requestParameters: { source: 'aws:s3' } },
    { eventType: undefined, requestParameters: { eventSource: 'aws:s3' } },
    { eventType: 'AwsServiceEvent', eventSource: 'aws:s3', requestParameters: null },
    { eventType: undefined, eventSource: 'aws:s3', requestParameters: null },
  ];
  const records = [1, 2, 3].flatMap(() => fields.map((one) => ({ ...record, ...one })));
  const reader = await expectSameOf([records]);
  expect(reader.records.all).toBe(records.length / 2);
});

test.each([
  ['a list', '[', ']'],
  ['an object', '{"a":', '}'],
])('a file with %s that is closed by another bracket, or deep, is left to the ordinary path', (_, opens, closes) => {
  const [call] = scenarios.flat().filter(isOfInstance) as object[];
  const other = { ...call, userIdentity: { type: 'AWSService' }, eventName: 'ListTags', resources: [] };
  const isRead = (value: string): boolean => {
    const texts = [other, other, { ...other, requestParameters: 'VALUE' }, call].map((one) => JSON.stringify(one));
    const file = `{"Records":[${texts.join(',').replace('"VALUE"', value)}]}`;
    return new MemoryReader(scanner).readFile('file', Buffer.from(file));
  };
  const nested = (depth: number): string => opens.repeat(depth) + '1' + closes.repeat(depth);
  expect([`${opens}1${closes}`, nested(63), nested(64)].map(isRead)).toEqual([true, true, false]);
  const wrong = closes === ']' ? '}' : ']';
  const last = (depth: number): string => nested(depth).slice(0, -1) + wrong;
  expect([last(1), last(63), last(64), last(100)].map(isRead)).toEqual([false, false, false, false]);
});

test('a file whose record swallows others, as a list opens where it should end, is left to the ordinary path', () => {
  const [call] = scenarios.flat().filter(isOfInstance) as object[];
  const one = JSON.stringify(call);
  for (const gap of ['', ' ']) {
    const file = `{"Records":[${one},${one.slice(0, -1)}${gap}[,${one},${one}]}`;
    expect(new MemoryReader(scanner).readFile('file', Buffer.from(file))).toBe(false);
    expect(new MemoryReader(scanner).readFile('file', Buffer.from(`${file}]}`))).toBe(false);
  }
});

test('a record without a value behind white space is left to the ordinary path, and harms no later file', () => {
  const call = scenarios.flat().find(isOfInstance) as object;
  const fileOf = (fields: object): string => JSON.stringify({ Records: [{ ...call, ...fields }] });
  const without = (file: string): Buffer => Buffer.from(file.replace('"NONE"', ' '.repeat(9_000_000)));
  const long = (letter: string): object => ({ errorCode: letter.repeat(9_000_000), userAgent: 'x' });
  const fast = new MemoryReader(scanner);
  const isRead = (file: string | Buffer): boolean => fast.readFile('file', Buffer.from(file));
  // Callers and calls fill most of the scanner's memory.
  for (const letter of 'abc') expect(isRead(fileOf(long(letter)))).toBe(true);
  expect(isRead(without(fileOf({ ...long('a'), requestParameters: 'NONE' })))).toBe(false);
  expect(isRead(without(fileOf({ ...long('d'), userAgent: 'NONE' })))).toBe(false);
  expect(isRead(fileOf({ ...long('a'), requestParameters: { bucketName: 'b' } }))).toBe(true);
});
