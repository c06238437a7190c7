import fc from 'fast-check';
import type { CloudTrailRecord } from '../../../../lambda/detection/model/cloudtrail-record';
import { expirationOf, readRecord } from '../../../../lambda/detection/records/read-record';

const EVENT = {
  eventVersion: '1.11',
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLEROLEID0001:i-0aaaabbbbccccdddd',
    arn: 'arn:aws:sts::111122223333:assumed-role/shop/i-0aaaabbbbccccdddd',
    accountId: '111122223333',
    accessKeyId: 'ASIAEXAMPLEKEY000001',
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/team/shop', userName: 'shop' },
      attributes: { creationDate: '2026-08-01T10:00:00Z', mfaAuthenticated: 'false' },
      ec2RoleDelivery: '2.0',
    },
    inScopeOf: {
      issuerType: 'AWS::EC2::Instance',
      credentialsIssuedTo: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0aaaabbbbccccdddd',
    },
  },
  eventTime: '2026-08-01T10:05:00Z',
  eventSource: 's3.amazonaws.com',
  eventName: 'ListBuckets',
  awsRegion: 'eu-west-1',
  sourceIPAddress: '198.51.100.7',
  userAgent: 'aws-cli/2.17',
  requestParameters: { Host: 's3.eu-west-1.amazonaws.com' },
  responseElements: null,
  additionalEventData: { AuthenticationMethod: 'AuthHeader' },
  requestID: 'REQ1',
  eventID: '0f6b2f9e-0000-4000-8000-000000000001',
  readOnly: true,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: '111122223333',
  eventCategory: 'Management',
};

type Fields = Readonly<Record<string, unknown>>;

/** The event with some fields changed; `undefined` removes one. */
function event(changes: Fields): unknown {
  return JSON.parse(JSON.stringify({ ...EVENT, ...changes }));
}

function eventBy(changes: Fields): unknown {
  return event({ userIdentity: { ...EVENT.userIdentity, ...changes } });
}

function recordIn(value: unknown): CloudTrailRecord {
  const reading = readRecord(value);
  if ('skip' in reading) throw new Error(`skipped: ${reading.skip}`);
  return reading.record;
}

const TIME = Date.UTC(2026, 7, 1, 10, 5);

it('reads every field of a call by an instance', () => {
  expect(recordIn(EVENT)).toEqual({
    eventId: '0f6b2f9e-0000-4000-8000-000000000001',
    sharedEventId: null,
    time: TIME,
    account: '111122223333',
    region: 'eu-west-1',
    partition: 'aws',
    eventSource: 's3.amazonaws.com',
    eventName: 'ListBuckets',
    errorCode: null,
    userAgent: 'aws-cli/2.17',
    legacy: false,
    identity: {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::111122223333:assumed-role/shop/i-0aaaabbbbccccdddd',
      principalId: 'AROAEXAMPLEROLEID0001:i-0aaaabbbbccccdddd',
      accountId: '111122223333',
      accessKeyId: 'ASIAEXAMPLEKEY000001',
      userName: null,
      invokedBy: null,
      ec2RoleDelivery: '2.0',
      sessionIssuerArn: 'arn:aws:iam::111122223333:role/team/shop',
      inScopeOf: {
        issuerType: 'AWS::EC2::Instance',
        credentialsIssuedTo: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0aaaabbbbccccdddd',
      },
    },
    source: { ip: '198.51.100.7', service: null, attributed: false, endpointId: null, endpointAccount: null },
    serviceEvent: false,
    details: null,
    dataEvent: false,
    fromConsole: false,
    presigned: false,
    request: { Host: 's3.eu-west-1.amazonaws.com' },
    response: null,
  });
});

it('reads a record that has nothing but its names', () => {
  const bare = {
    eventSource: 'a',
    eventName: 'b',
    eventID: 'c',
    eventTime: EVENT.eventTime,
    recipientAccountId: '111122223333',
  };
  expect(recordIn(bare)).toEqual({
    eventId: 'c',
    sharedEventId: null,
    time: TIME,
    account: '111122223333',
    region: '',
    partition: 'aws',
    eventSource: 'a',
    eventName: 'b',
    errorCode: null,
    userAgent: null,
    legacy: false,
    identity: {
      type: null,
      arn: null,
      principalId: null,
      accountId: null,
      accessKeyId: null,
      userName: null,
      invokedBy: null,
      ec2RoleDelivery: null,
      sessionIssuerArn: null,
      inScopeOf: null,
    },
    source: null,
    serviceEvent: false,
    details: null,
    dataEvent: false,
    fromConsole: false,
    presigned: false,
    request: undefined,
    response: undefined,
  });
});

describe('what is no record', () => {
  it.each([null, undefined, 7, 'text', true, [], [EVENT], {}, { Records: [EVENT] }, { detail: EVENT }])(
    'is not CloudTrail: %p',
    (value) => {
      expect(readRecord(value)).toEqual({ skip: 'not-cloudtrail' });
    },
  );

  it.each([
    ['not-cloudtrail', { eventName: undefined }],
    ['not-cloudtrail', { eventName: '' }],
    ['not-cloudtrail', { eventSource: undefined }],
    ['insight', { eventCategory: 'Insight' }],
    ['insight', { eventType: 'AwsCloudTrailInsight' }],
    ['insight', { insightDetails: { state: 'Start' } }],
    ['aggregated', { eventCategory: 'Aggregated' }],
    ['aggregated', { eventType: 'AwsAggregatedEvent', eventName: undefined, eventTime: undefined }],
    ['network-activity', { eventCategory: 'NetworkActivity' }],
    ['network-activity', { eventType: 'AwsVpceEvent' }],
    ['no-event-id', { eventID: undefined }],
    ['no-event-id', { eventID: '' }],
    ['no-event-time', { eventTime: undefined }],
    ['no-event-time', { eventTime: 'Jul 4, 2019 4:29:29 PM' }],
    ['no-event-time', { eventTime: 'yesterday' }],
    ['no-account', { recipientAccountId: undefined, userIdentity: undefined }],
    ['no-account', { recipientAccountId: undefined, userIdentity: { arn: 'somebody' } }],
    [
      'no-account',
      { recipientAccountId: 'ACCOUNT_ID', userIdentity: { arn: 'arn:aws:sts::ACCOUNT_ID:assumed-role/a/b' } },
    ],
  ])('is %s with %j', (skip, changes) => {
    expect(readRecord(event(changes))).toEqual({ skip });
  });

  it.each(['AwsServiceEvent', 'AwsConsoleSignIn', 'AwsConsoleAction', undefined])(
    'reads events of type %s',
    (eventType) => {
      expect(recordIn(event({ eventType, eventCategory: undefined })).eventName).toBe('ListBuckets');
    },
  );

  it('reads data events', () => {
    expect(recordIn(event({ eventCategory: 'Data' })).eventName).toBe('ListBuckets');
  });
});

describe('names', () => {
  it('takes eventId for eventID', () => {
    expect(recordIn(event({ eventID: undefined, eventId: 'other' })).eventId).toBe('other');
    expect(recordIn(event({ eventId: 'other' })).eventId).toBe(EVENT.eventID);
  });

  it('takes numbers for texts', () => {
    const record = recordIn(event({ eventID: 17, userAgent: 3, errorCode: 403, sharedEventID: 0 }));
    expect(record).toMatchObject({ eventId: '17', userAgent: '3', errorCode: '403', sharedEventId: '0' });
  });

  it('takes nothing for a text that is a list, an object, a truth or empty', () => {
    const record = recordIn(event({ userAgent: ['x'], errorCode: {}, sharedEventID: true, awsRegion: '' }));
    expect(record).toMatchObject({ userAgent: null, errorCode: null, sharedEventId: null, region: '' });
  });

  it('keeps errorCode and sharedEventID', () => {
    const record = recordIn(event({ errorCode: 'AccessDenied', sharedEventID: 'shared-1' }));
    expect(record).toMatchObject({ errorCode: 'AccessDenied', sharedEventId: 'shared-1' });
  });
});

describe('time', () => {
  it.each([
    ['2026-08-01T10:05:00Z', TIME],
    ['2026-08-01T10:05:00.250Z', TIME + 250],
    ['2026-08-01T10:05:00.250999999Z', TIME + 250],
    ['2026-08-01T12:05:00+02:00', TIME],
    ['2026-08-01T10:05:00', TIME],
    ['2026-08-01 10:05:00', TIME],
    ['2026-08-01 10:05:00.000000000', TIME],
    [TIME, TIME],
    [TIME / 1000, TIME],
    [1e11, 1e11],
    [8.64e15, 8.64e15],
    [TIME / 1000 + 0.5, TIME + 500],
  ])('reads %p', (eventTime, time) => {
    expect(recordIn(event({ eventTime })).time).toBe(time);
  });

  it.each([
    '2026-08-01',
    '2026-13-01T10:05:00Z',
    '2026-08-01T25:05:00Z',
    'at 2026-08-01T10:05:00Z',
    '2026-08-01T10:05:00Z.',
    '2026-08-01T10:05:00 CEST',
    '',
    0,
    -5,
    1e300,
    true,
    null,
  ])('does not read %p', (eventTime) => {
    expect(readRecord(event({ eventTime }))).toEqual({ skip: 'no-event-time' });
  });

  it('falls back to @timestamp', () => {
    expect(recordIn(event({ eventTime: undefined, '@timestamp': '2026-08-01T10:05:00.000Z' })).time).toBe(TIME);
    expect(recordIn(event({ eventTime: 'bad', '@timestamp': '2026-08-01T10:05:00.000Z' })).time).toBe(TIME);
    expect(recordIn(event({ '@timestamp': '2020-01-01T00:00:00Z' })).time).toBe(TIME);
  });
});

describe('account', () => {
  it('is the recipient, not the caller', () => {
    expect(recordIn(event({ recipientAccountId: '444455556666' })).account).toBe('444455556666');
  });

  it('gets its zeros back where it is a number', () => {
    expect(recordIn(event({ recipientAccountId: 22223333 })).account).toBe('000022223333');
  });

  it.each([
    ['the identity', { accountId: '444455556666' }],
    ['its ARN', { arn: 'arn:aws:sts::444455556666:assumed-role/a/b', accountId: undefined }],
    [
      'its issuer',
      { arn: undefined, accountId: '', sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::444455556666:role/a' } } },
    ],
  ])('falls back to that of %s', (_, userIdentity) => {
    expect(recordIn(event({ recipientAccountId: undefined, userIdentity })).account).toBe('444455556666');
  });
});

describe('partition', () => {
  it.each([
    ['arn:aws-cn:sts::111122223333:assumed-role/a/b', 'aws-cn'],
    ['arn:aws-us-gov:iam::111122223333:user/a', 'aws-us-gov'],
    ['arn:aws-brand-new:sts::111122223333:assumed-role/a/b', 'aws-brand-new'],
  ])('is that of the ARN %s', (arn, partition) => {
    expect(recordIn(eventBy({ arn }))).toMatchObject({ partition, region: 'eu-west-1' });
  });

  it('falls back to the ARN of the issuer', () => {
    const sessionContext = { sessionIssuer: { arn: 'arn:aws-iso:iam::111122223333:role/a' } };
    expect(recordIn(eventBy({ arn: undefined, sessionContext })).partition).toBe('aws-iso');
  });

  it.each([
    ['eu-west-1', 'aws'],
    ['us-east-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['ap-cn-1', 'aws'],
  ])('without an ARN is that of the Region %s', (awsRegion, partition) => {
    const userIdentity = { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' };
    expect(recordIn(event({ awsRegion, userIdentity })).partition).toBe(partition);
  });

  it.each(['arn', 'arn:aws', 'arn::sts::111122223333:x', 'barn:aws-cn:sts::111122223333:x', 'arn:a/b:sts::1:x'])(
    'does not come from %s',
    (arn) => {
      expect(recordIn(eventBy({ arn, sessionContext: undefined })).partition).toBe('aws');
    },
  );
});

describe('version', () => {
  it.each(['1.0', '1.02', '1.05', '1.07', '0.9', 1.05])('%p is legacy', (eventVersion) => {
    expect(recordIn(event({ eventVersion })).legacy).toBe(true);
  });

  it.each(['1.08', '1.09', '1.10', '1.11', '2.0', '2.3', '10.1', '1', 'v1.05', '1.05b', '', undefined])(
    '%p is not',
    (eventVersion) => {
      expect(recordIn(event({ eventVersion })).legacy).toBe(false);
    },
  );
});

describe('identity', () => {
  it('reads who a service acts for', () => {
    const record = recordIn(
      event({
        userIdentity: { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' },
        sourceIPAddress: 'ec2.amazonaws.com',
      }),
    );
    expect(record.identity).toMatchObject({
      type: 'AWSService',
      arn: null,
      accessKeyId: null,
      invokedBy: 'ec2.amazonaws.com',
    });
    expect(record.source).toMatchObject({ service: 'ec2.amazonaws.com', attributed: true });
  });

  it('reads a web identity', () => {
    const userIdentity = { type: 'WebIdentityUser', userName: 'system:serviceaccount:shop:cart', principalId: 'p' };
    expect(recordIn(event({ userIdentity })).identity).toMatchObject(userIdentity);
  });

  it.each([undefined, null, 'root', [], 4])('reads nothing of the identity %p', (userIdentity) => {
    expect(recordIn(event({ userIdentity })).identity).toMatchObject({ type: null, arn: null, accountId: null });
  });

  it('has no access key where it is empty', () => {
    expect(recordIn(eventBy({ accessKeyId: '' })).identity.accessKeyId).toBeNull();
  });

  it('has no account where it is none', () => {
    expect(recordIn(eventBy({ accountId: '123' })).identity.accountId).toBeNull();
  });

  it.each([
    ['1.0', '1.0'],
    [2, '2.0'],
    [1.0, '1.0'],
    ['', null],
    [null, null],
    [['2.0'], null],
  ])('reads the role delivery %p', (ec2RoleDelivery, read) => {
    expect(recordIn(eventBy({ sessionContext: { ec2RoleDelivery } })).identity.ec2RoleDelivery).toBe(read);
  });

  it.each([
    {},
    null,
    'x',
    [],
    { issuerType: 'AWS::EC2::Instance' },
    { credentialsIssuedTo: 'arn' },
    { issuerType: '', credentialsIssuedTo: 'arn' },
  ])('is in scope of nothing by %j', (inScopeOf) => {
    expect(recordIn(eventBy({ inScopeOf })).identity.inScopeOf).toBeNull();
  });
});

describe('how the call was made', () => {
  it.each([
    [true, { sessionCredentialFromConsole: 'true' }],
    [true, { sessionCredentialFromConsole: true }],
    [true, { userIdentity: { sessionContext: { attributes: { sessionCredentialFromConsole: 'true' } } } }],
    [false, { sessionCredentialFromConsole: 'false' }],
    [false, { sessionCredentialFromConsole: 1 }],
    [false, { userIdentity: { sessionContext: { attributes: 'true' } } }],
  ])('is from the console: %p for %j', (fromConsole, changes) => {
    expect(recordIn(event(changes)).fromConsole).toBe(fromConsole);
  });

  it.each([
    [true, { AuthenticationMethod: 'QueryString' }],
    [false, { AuthenticationMethod: 'AuthHeader' }],
    [false, 'QueryString'],
    [false, undefined],
  ])('is presigned: %p for %j', (presigned, additionalEventData) => {
    expect(recordIn(event({ additionalEventData })).presigned).toBe(presigned);
  });

  it('reads the endpoint it came through', () => {
    const changes = {
      sourceIPAddress: '10.0.1.5',
      vpcEndpointId: 'vpce-0a1b2c3d',
      vpcEndpointAccountId: '444455556666',
    };
    expect(recordIn(event(changes)).source).toEqual({
      ip: '10.0.1.5',
      service: null,
      attributed: false,
      endpointId: 'vpce-0a1b2c3d',
      endpointAccount: '444455556666',
    });
  });
});

describe('secrets', () => {
  const credentials = {
    accessKeyId: 'ASIAEXAMPLEKEY000002',
    sessionToken: 'SECRET',
    expiration: 'Aug 1, 2026, 4:35:00 PM',
  };

  it('drops the session token and nothing else', () => {
    const responseElements = { assumedRoleUser: { arn: 'arn' }, credentials };
    expect(recordIn(event({ responseElements })).response).toEqual({
      assumedRoleUser: { arn: 'arn' },
      credentials: { accessKeyId: credentials.accessKeyId, expiration: credentials.expiration },
    });
  });

  it('leaves what it was given as it was', () => {
    const given = { ...EVENT, responseElements: { credentials: { ...credentials } } };
    readRecord(given);
    expect(given.responseElements.credentials).toEqual(credentials);
  });

  it('copies no response without one', () => {
    const given = { ...EVENT, responseElements: { credentials: { accessKeyId: 'ASIAEXAMPLEKEY000002' } } };
    expect(recordIn(given).response).toBe(given.responseElements);
  });

  it('nobody finds it anywhere in the record', () => {
    expect(JSON.stringify(recordIn(event({ responseElements: { credentials } })))).not.toContain('SECRET');
  });
});

describe('expirationOf', () => {
  it.each([
    ['Jul 4, 2019 4:29:29 PM', '2019-07-04T16:29:29.000Z'],
    ['Jul 10, 2023, 6:30:22 PM', '2023-07-10T18:30:22.000Z'],
    ['Jan 31, 2023, 12:00:00 AM', '2023-01-31T00:00:00.000Z'],
    ['Dec 31, 2023, 12:59:59 PM', '2023-12-31T12:59:59.000Z'],
    ['Feb 09, 2024, 09:08:07 AM', '2024-02-09T09:08:07.000Z'],
    ['Aug 1, 2026, 4:35:00\u202fPM', '2026-08-01T16:35:00.000Z'],
    ['Aug 1, 2026, 4:35:00\u00a0PM', '2026-08-01T16:35:00.000Z'],
    ['2026-08-27T18:42:09Z', '2026-08-27T18:42:09.000Z'],
    ['2026-08-27T18:42:09.5Z', '2026-08-27T18:42:09.500Z'],
    [1785600000, '2026-08-01T16:00:00.000Z'],
  ])('reads %p', (text, iso) => {
    expect(new Date(expirationOf(text) ?? Number.NaN).toISOString()).toBe(iso);
  });

  it.each(['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'])('reads %s', (month) => {
    const date = new Date(expirationOf(`${month} 5, 2026, 1:02:03 AM`) ?? Number.NaN);
    expect(date.toISOString()).toMatch(/^2026-\d\d-05T01:02:03.000Z$/);
    expect(date.toLocaleString('en', { month: 'short', timeZone: 'UTC' })).toBe(month);
  });

  it.each([
    'Jux 4, 2019 4:29:29 PM',
    'Jul 32, 2019 4:29:29 PM',
    'Jul 4, 2019 13:29:29 PM',
    'Jul 4, 2019 0:29:29 PM',
    'Jul 4, 2019 4:60:29 PM',
    'Jul 4, 2019 4:29:60 PM',
    'Jul 4, 2019 4:29:29',
    'Jul 4, 2019 4:29:29 PM UTC',
    'on Jul 4, 2019 4:29:29 PM',
    'July 4, 2019 4:29:29 PM',
    '4. Juli 2019',
    '',
    null,
    undefined,
    {},
  ])('does not read %p', (text) => {
    expect(expirationOf(text)).toBeNull();
  });
});

describe('any JSON', () => {
  const keys = fc.constantFrom(
    ...Object.keys(EVENT),
    ...Object.keys(EVENT.userIdentity),
    'credentials',
    'sessionToken',
    '@timestamp',
    'eventId',
    'insightDetails',
    '__proto__',
    'constructor',
    'toString',
  );
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      fc.jsonValue(),
      fc.constantFrom<unknown>(
        'arn:aws:sts::111122223333:assumed-role/a/b',
        'AWS Internal',
        '2026-08-01T10:05:00Z',
        'QueryString',
        1e300,
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(keys, tie('value')),
    ),
  })).value;

  it('is answered, never thrown at', () => {
    fc.assert(fc.property(anything, (value) => Object.keys(readRecord(value)).length === 1));
  });

  it('is answered in place of any field of a record', () => {
    fc.assert(
      fc.property(fc.dictionary(keys, anything), fc.dictionary(keys, anything), (fields, identityFields) => {
        const userIdentity = { ...EVENT.userIdentity, ...identityFields };
        return Object.keys(readRecord({ ...EVENT, userIdentity, ...fields })).length === 1;
      }),
    );
  });

  it('in expirations is a number or null', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.string()), (value) => {
        const time = expirationOf(value);
        return time === null || Number.isFinite(time);
      }),
    );
  });
});
