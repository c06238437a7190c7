import { Did, type Fact } from '../../../../lambda/detection/facts/facts';
import { callWords } from '../../../../lambda/detection/facts/call-sample';
import { FactSet } from '../../../../lambda/detection/facts/fact-set';
import { WORKLOAD_KINDS } from '../../../../lambda/detection/kinds/all-kinds';
import { readFacts, readInto } from '../../../../lambda/detection/records/read-facts';
import { readRecord } from '../../../../lambda/detection/records/read-record';
import { call, INSTANCE, issuance, SHOP } from '../../records';

const HOME = '198.51.100.10';

function factsIn(value: unknown): readonly Fact[] {
  const reading = readRecord(value);
  if ('skip' in reading) throw new Error(reading.skip);
  return readFacts(reading.record, WORKLOAD_KINDS).facts;
}

function didIn(value: unknown): number | null {
  const sighting = factsIn(value).find((fact) => fact.fact === 'sighting');
  return sighting?.fact === 'sighting' ? sighting.did : null;
}

const ALICE = {
  type: 'AssumedRole',
  arn: `arn:aws:sts::${SHOP}:assumed-role/admin/alice`,
  accountId: SHOP,
  accessKeyId: 'ASIAALICE00000000001',
};

describe('why a record states no fact', () => {
  it.each([
    ['a user', { userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${SHOP}:user/alice` } }, 'not-a-role-session'],
    ['an event of a service', { eventType: 'AwsServiceEvent' }, 'service-event'],
    ['no address', { sourceIPAddress: 'unknown' }, 'session-without-address'],
    [
      'a pre-signed URL',
      {
        eventSource: 's3.amazonaws.com',
        eventName: 'GetObject',
        additionalEventData: { AuthenticationMethod: 'QueryString' },
      },
      'presigned-url',
    ],
    [
      'a service with a session of its own',
      {
        userIdentity: { ...ALICE, invokedBy: 'cloudformation.amazonaws.com' },
        sourceIPAddress: 'cloudformation.amazonaws.com',
      },
      'session-of-a-service',
    ],
    ['a person’s session without a key', { userIdentity: { ...ALICE, accessKeyId: undefined } }, 'session-without-key'],
    ['no time', { eventTime: 'yesterday' }, 'no-event-time'],
  ])('%s', (_, extra, reason) => {
    const facts = new FactSet();
    const skip = readInto(facts, JSON.parse(JSON.stringify(call('10:00', HOME, { extra }))));
    expect(facts.sessions.size).toBe(0);
    expect(skip).toBe(reason);
  });

  it('is none where it is a call of a session', () => {
    const facts = new FactSet();
    expect(readInto(facts, call('10:00', HOME))).toBeNull();
    expect(readInto(facts, call('10:00', HOME, { extra: { userIdentity: ALICE } }))).toBeNull();
    expect([...facts.sessions.keys()]).toContain(ALICE.arn);
    expect(readInto(facts, call('10:00', 's3.amazonaws.com', { extra: { userIdentity: ALICE } }))).toBeNull();
    expect([...facts.accounts]).toEqual([SHOP]);
  });
});

describe('what a call did', () => {
  const did = (source: string, name: string, extra: object = {}, ip = HOME) =>
    didIn(call('10:00', ip, { source: `${source}.amazonaws.com`, name, extra }));

  it('is that of an ordinary call, or one that can be relayed', () => {
    expect(did('ssm', 'GetParameter')).toBe(Did.other);
    expect(did('sts', 'GetCallerIdentity')).toBe(Did.callerIdentity);
    expect(did('ssm', 'GetCallerIdentity')).toBe(Did.other);
    expect(did('sts', 'GetSessionToken')).toBe(Did.other);
  });

  it('is opening the console', () => {
    expect(did('signin', 'GetSigninToken')).toBe(Did.other | Did.console);
    expect(did('ssm', 'GetParameter', { sessionCredentialFromConsole: 'true' })).toBe(Did.other | Did.console);
  });

  it('is data that a service passes on: data events, and images', () => {
    const internal = 'AWS Internal';
    expect(did('ecr', 'BatchGetImage', {}, internal)).toBe(Did.passedOn);
    expect(did('ecr', 'DescribeRepositories', {}, internal)).toBe(Did.other);
    expect(did('ssm', 'BatchGetImage', {}, internal)).toBe(Did.other);
    expect(did('ecr', 'BatchGetImage')).toBe(Did.other);
    expect(did('cloudwatch', 'PutMetricData', { managementEvent: false, eventCategory: 'Data' }, internal)).toBe(
      Did.passedOn,
    );
    expect(did('cloudwatch', 'PutMetricData', { managementEvent: false, eventCategory: 'Data' })).toBe(Did.other);
  });
});

describe('a sighting', () => {
  it('has its text with all that it says', () => {
    const [fact] = factsIn(
      call('10:00', HOME, {
        source: 's3.amazonaws.com',
        name: 'ListObjectsV2',
        extra: { errorCode: 'AccessDenied', requestParameters: { bucketName: 'shop-receipts' } },
      }),
    );
    expect(fact?.fact === 'sighting' && callWords(fact.event.what)).toEqual({
      region: 'eu-west-1',
      source: 's3.amazonaws.com',
      name: 'ListObjectsV2',
      errorCode: 'AccessDenied',
      userAgent: 'aws-sdk-go-v2/1.36.5',
      resource: 'shop-receipts',
    });
  });
});

describe('credentials that are issued', () => {
  it('to a workload are an issuance by the service', () => {
    const [fact] = factsIn(issuance('09:00', 'ASIA1'));
    expect(fact).toMatchObject({
      fact: 'issuance',
      issuer: 'ec2.amazonaws.com',
      accessKeyId: 'ASIA1',
      asked: null,
      workload: { id: INSTANCE, kind: 'ec2-instance', account: SHOP },
    });
  });

  const assumed = (session: string, userIdentity: object, extra: object = {}) =>
    call('09:00', HOME, {
      source: 'sts.amazonaws.com',
      name: 'AssumeRole',
      extra: {
        userIdentity,
        requestParameters: { roleArn: `arn:aws:iam::${SHOP}:role/admin`, roleSessionName: session },
        responseElements: {
          credentials: { accessKeyId: 'ASIANEW', expiration: 'Sep 1, 2026, 6:30:00 PM' },
          assumedRoleUser: {
            arn: `arn:aws:sts::${SHOP}:assumed-role/admin/${session}`,
            assumedRoleId: `AROA:${session}`,
          },
        },
        ...extra,
      },
    });
  const USER = { type: 'IAMUser', arn: `arn:aws:iam::${SHOP}:user/alice`, accountId: SHOP };
  const keys = (value: unknown) => factsIn(value).filter(({ fact }) => fact === 'foreign-key');

  it('to another principal are kept where a session asked for them, or where their name is like a workload’s', () => {
    expect(keys(assumed('deploy', ALICE))).toMatchObject([
      { fact: 'foreign-key', accessKeyId: 'ASIANEW', by: { sessionArn: ALICE.arn } },
    ]);
    for (const name of [INSTANCE, 'deploy'])
      expect(keys(assumed(name, USER))).toMatchObject([
        { fact: 'foreign-key', accessKeyId: 'ASIANEW', by: { sessionArn: USER.arn } },
      ]);
    expect(keys(assumed('deploy', ALICE, { responseElements: null }))).toEqual([]);
    expect(keys(assumed('deploy', ALICE, { errorCode: 'AccessDenied' }))).toEqual([]);
  });

  it('have an id of the account, the record and the key', () => {
    const record = assumed('deploy', ALICE, { eventID: 'e-1', sharedEventID: 's-1' });
    expect(keys(record)).toMatchObject([{ id: `${SHOP}/s-1/ASIANEW`, eventId: 'e-1' }]);
  });
});
