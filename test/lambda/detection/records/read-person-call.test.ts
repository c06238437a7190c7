import { readInto } from '../../../../lambda/detection/records/read-facts';
import { FactSet } from '../../../../lambda/detection/facts/fact-set';

const ACCOUNT = '111122223333';
const USER = { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/alice`, accountId: ACCOUNT, userName: 'alice' };

function session(role: string, name: string): object {
  const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${name}`;
  return { type: 'AssumedRole', arn, accountId: ACCOUNT, accessKeyId: 'ASIAEXAMPLE' };
}

function peopleIn(...records: readonly object[]): string[] {
  const facts = new FactSet();
  for (const [at, record] of records.entries())
    readInto(facts, {
      userIdentity: USER,
      eventTime: '2026-09-01T10:00:00Z',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'DescribeInstances',
      awsRegion: 'eu-west-1',
      sourceIPAddress: '198.51.100.7',
      eventID: `event-${at}`,
      recipientAccountId: ACCOUNT,
      ...record,
    });
  return [...facts.people.values()].map(({ id, who, eventId }) => `${id} ${who.slice(-5)} ${eventId}`);
}

test.each([
  ['an IAM user', {}],
  ['an IAM user whose call is denied', { errorCode: 'AccessDenied' }],
  ['the root user', { userIdentity: { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT } }],
  ['a session of Identity Center', { userIdentity: session('AWSReservedSSO_Admin_0123456789abcdef', 'alice') }],
  ['a session named by an e-mail address', { userIdentity: session('developer', 'alice@example.com') }],
  ['a session of the console', { userIdentity: session('developer', 'alice'), sessionCredentialFromConsole: 'true' }],
  [
    'a user who signs in',
    { eventSource: 'signin.amazonaws.com', eventName: 'ConsoleLogin', responseElements: { ConsoleLogin: 'Success' } },
  ],
  [
    'a request by SAML',
    {
      userIdentity: { type: 'SAMLUser', principalId: 'x', userName: 'alice@example.com' },
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRoleWithSAML',
    },
  ],
  ['one at the S3 console’s endpoint, which names no owner', { vpcEndpointId: 'vpce-0123456789abcdef0' }],
])('%s is a person’s call', (_who, record) => {
  expect(peopleIn(record)).toHaveLength(1);
});

test.each([
  ['a user of another account', { userIdentity: { ...USER, accountId: '444455556666' } }],
  ['a session of a deployment', { userIdentity: session('deployment', 'run-17') }],
  [
    'a session of another account',
    { recipientAccountId: '444455556666', userIdentity: session('AWSReservedSSO_A', 'al') },
  ],
  ['an instance', { userIdentity: session('web', 'i-0123456789abcdef0'), sessionCredentialFromConsole: 'true' }],
  ['a user’s query through a service', { sourceIPAddress: 'athena.amazonaws.com' }],
  ['a user at a private address', { sourceIPAddress: '10.0.0.7' }],
  [
    'a user at an endpoint with a public address',
    { vpcEndpointId: 'vpce-0123456789abcdef0', vpcEndpointAccountId: ACCOUNT },
  ],
  [
    'a failed sign-in',
    { eventSource: 'signin.amazonaws.com', eventName: 'ConsoleLogin', responseElements: { ConsoleLogin: 'Failure' } },
  ],
  ['a password that is asked for', { eventSource: 'signin.amazonaws.com', eventName: 'PasswordRecoveryRequested' }],
  [
    'a refused request by SAML',
    {
      userIdentity: { type: 'SAMLUser', principalId: 'x', userName: 'alice' },
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRoleWithSAML',
      errorCode: 'InvalidIdentityToken',
    },
  ],
  ['a service', { userIdentity: { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' } }],
])('%s is none', (_who, record) => {
  expect(peopleIn(record)).toEqual([]);
});

test('of one address, account and day the earliest call is kept, in any order', () => {
  const at = (eventTime: string, more: object = {}): object => ({ eventTime, eventID: eventTime, ...more });
  const records = [
    at('2026-09-01T10:00:00Z'),
    at('2026-09-01T09:00:00Z', { userIdentity: session('AWSReservedSSO_Admin', 'judy') }),
    at('2026-09-02T00:00:00Z'),
    at('2026-09-01T11:00:00Z', { sourceIPAddress: '198.51.100.8' }),
  ];
  const expected = [
    '111122223333/198.51.100.7/20697 /judy 2026-09-01T09:00:00Z',
    '111122223333/198.51.100.7/20698 alice 2026-09-02T00:00:00Z',
    '111122223333/198.51.100.8/20697 alice 2026-09-01T11:00:00Z',
  ];
  expect(peopleIn(...records).sort()).toEqual(expected);
  expect(peopleIn(...records.toReversed()).sort()).toEqual(expected);
});
