import { composeTampering, tamperingGroup } from '../../../../lambda/detection/tampering/compose-tampering';
import { BY_NAME_ALONE, type Deployed } from '../../../../lambda/detection/tampering/act';
import { readRecord } from '../../../../lambda/detection/records/read-record';
import { suppressedBy } from '../../../../lambda/detection/findings/suppression';
import { isRoutine, readTampering, type Tampering } from '../../../../lambda/detection/tampering/read-tampering';

const ACCOUNT = '111122223333';
const PERSON = {
  type: 'AssumedRole',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/admin/ada`,
  accountId: ACCOUNT,
  accessKeyId: 'ASIAADA',
};
const INSTANCE = {
  type: 'AssumedRole',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/orders/i-0a11ce00000000001`,
  accountId: ACCOUNT,
  accessKeyId: 'ASIAORDERS',
};
const SCOPE = {
  inScopeOf: {
    issuerType: 'AWS::EC2::Instance',
    credentialsIssuedTo: `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-0a11ce00000000001`,
  },
};
const CLOUDFORMATION = 'cloudformation.amazonaws.com';
const DEPLOYED = { sourceIPAddress: 'cloudformation.amazonaws.com', userAgent: 'cloudformation.amazonaws.com' };

let events = 0;

interface Call {
  readonly source: string;
  readonly name: string;
  readonly request: object | null;
}

function record({ source, name, request }: Call, change: object = {}): object {
  events += 1;
  return {
    eventVersion: '1.11',
    userIdentity: PERSON,
    eventTime: '2026-09-01T10:20:30Z',
    eventSource: `${source}.amazonaws.com`,
    eventName: name,
    awsRegion: 'eu-west-1',
    sourceIPAddress: '203.0.113.9',
    userAgent: 'aws-cli/2.17.44',
    requestParameters: request,
    responseElements: null,
    eventID: `call-${events}`,
    eventType: 'AwsApiCall',
    recipientAccountId: ACCOUNT,
    readOnly: false,
    ...change,
  };
}

function tampering(call: Call, change: object = {}, bucket: string | null = null): Tampering | null {
  return tamperingIn(call, change, { ...BY_NAME_ALONE, trail: bucket === null ? null : { bucket, prefix: '' } });
}

function tamperingIn(call: Call, change: object, deployed: Deployed): Tampering | null {
  const reading = readRecord(record(call, change));
  if ('skip' in reading) throw new Error(reading.skip);
  return readTampering(reading.record, deployed);
}

function seen(call: Call, change: object = {}): Tampering {
  const found = tampering(call, change);
  if (!found) throw new Error(`${call.name} is no tampering`);
  return found;
}

const DISABLE = { source: 'events', name: 'DisableRule', request: { name: 'credlock-ec2-instance' } };
const PUT_RULE = { source: 'events', name: 'PutRule', request: { name: 'credlock-network', state: 'ENABLED' } };
const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/111122223333/credlock-observe';

describe('what is done to a part of the detector', () => {
  test.each<[string, string, string, object, string, string]>([
    ['rule', 'events', 'DisableRule', { name: 'credlock-ec2-instance' }, 'credlock-ec2-instance', 'disabled'],
    ['rule', 'events', 'DeleteRule', { name: 'credlock-canary', force: true }, 'credlock-canary', 'deleted'],
    ['rule', 'events', 'PutRule', { name: 'credlock-network', state: 'DISABLED' }, 'credlock-network', 'disabled'],
    ['rule', 'events', 'PutRule', { name: 'credlock-network', eventPattern: '{}' }, 'credlock-network', 'changed'],
    [
      'rule',
      'events',
      'RemoveTargets',
      { rule: 'credlock-network', ids: ['a'] },
      'credlock-network',
      'cut off from its targets',
    ],
    ['bus', 'events', 'DeleteEventBus', { name: 'credlock-hub' }, 'credlock-hub', 'deleted'],
    ['bus', 'events', 'RemovePermission', { eventBusName: 'credlock-hub' }, 'credlock-hub', 'closed to senders'],
    ['queue', 'sqs', 'DeleteQueue', { queueUrl: QUEUE }, 'credlock-observe', 'deleted'],
    ['queue', 'sqs', 'PurgeQueue', { queueUrl: QUEUE }, 'credlock-observe', 'emptied'],
    ['table', 'dynamodb', 'DeleteTable', { tableName: 'credlock-locks' }, 'credlock-locks', 'deleted'],
    [
      'table',
      'dynamodb',
      'UpdateTable',
      { tableName: `arn:aws:dynamodb:eu-central-1:${ACCOUNT}:table/credlock-locks` },
      'credlock-locks',
      'changed',
    ],
    [
      'function',
      'lambda',
      'DeleteFunction20150331',
      { functionName: 'credlock-observe' },
      'credlock-observe',
      'deleted',
    ],
    [
      'function',
      'lambda',
      'UpdateFunctionCode20150331v2',
      { functionName: `arn:aws:lambda:eu-central-1:${ACCOUNT}:function:credlock-observe` },
      'credlock-observe',
      'given new code',
    ],
    [
      'function',
      'lambda',
      'PutFunctionConcurrency20171031',
      { functionName: 'credlock-observe', reservedConcurrentExecutions: 0 },
      'credlock-observe',
      'stopped',
    ],
    [
      'function',
      'lambda',
      'UpdateEventSourceMapping20150331',
      { functionName: 'credlock-confirm', enabled: false },
      'credlock-confirm',
      'cut off from its queue',
    ],
    [
      'role',
      'iam',
      'DeleteRolePolicy',
      { roleName: 'credlock-forward', policyName: 'p' },
      'credlock-forward',
      'stripped of rights',
    ],
    [
      'role',
      'iam',
      'UpdateAssumeRolePolicy',
      { roleName: 'credlock-verification' },
      'credlock-verification',
      'changed',
    ],
    [
      'stack',
      'cloudformation',
      'DeleteStack',
      { stackName: `arn:aws:cloudformation:eu-west-1:${ACCOUNT}:stack/credlock-member/2f0` },
      'credlock-member',
      'deleted',
    ],
    [
      'stack',
      'cloudformation',
      'DeleteStackInstances',
      { stackSetName: 'credlock-member' },
      'credlock-member',
      'deleted in some accounts or Regions',
    ],
    ['bucket', 's3', 'DeleteBucket', { bucketName: 'credlock-config-1' }, 'credlock-config-1', 'deleted'],
    [
      'topic',
      'sns',
      'DeleteTopic',
      { topicArn: `arn:aws:sns:eu-central-1:${ACCOUNT}:credlock-findings` },
      'credlock-findings',
      'deleted',
    ],
    [
      'topic',
      'sns',
      'Unsubscribe',
      { subscriptionArn: `arn:aws:sns:eu-central-1:${ACCOUNT}:credlock-findings:5ee-1` },
      'credlock-findings',
      'cut off from a subscriber',
    ],
    [
      'alarm',
      'monitoring',
      'DeleteAlarms',
      { alarmNames: ['cpu', 'credlock-no-events'] },
      'credlock-no-events',
      'deleted',
    ],
    [
      'log group',
      'logs',
      'DeleteLogGroup',
      { logGroupName: '/aws/lambda/credlock-observe' },
      'credlock-observe',
      'deleted',
    ],
    [
      'trail',
      'cloudtrail',
      'StopLogging',
      { name: `arn:aws:cloudtrail:eu-west-1:${ACCOUNT}:trail/organization` },
      'organization',
      'stopped',
    ],
    ['trail', 'cloudtrail', 'DeleteTrail', { name: 'organization' }, 'organization', 'deleted'],
    [
      'trail',
      'cloudtrail',
      'UpdateTrail',
      { name: 'organization', isMultiRegionTrail: false },
      'organization',
      'narrowed to one Region',
    ],
    [
      'trail',
      'cloudtrail',
      'PutEventSelectors',
      { trailName: 'organization', eventSelectors: [{ readWriteType: 'WriteOnly', includeManagementEvents: true }] },
      'organization',
      'set to leave out management events',
    ],
    [
      'trail',
      'cloudtrail',
      'PutEventSelectors',
      { trailName: 'organization', eventSelectors: [{ readWriteType: 'All', includeManagementEvents: false }] },
      'organization',
      'set to leave out management events',
    ],
    [
      'trail',
      'cloudtrail',
      'PutEventSelectors',
      {
        trailName: 'organization',
        advancedEventSelectors: [
          {
            fieldSelectors: [
              { field: 'eventCategory', equals: ['Management'] },
              { field: 'readOnly', equals: ['false'] },
            ],
          },
        ],
      },
      'organization',
      'set to leave out management events',
    ],
  ])('is reported: %s, %s %s', (...[part, source, name, request, partName, was]) => {
    expect(tampering({ source, name, request })).toMatchObject({ part, name: partName, was, workload: null });
  });

  test('is known by the answer where the request has only an id', () => {
    const request = { uuid: '9f1' };
    const responseElements = { functionArn: `arn:aws:lambda:eu-central-1:${ACCOUNT}:function:credlock-observe` };
    const call = { source: 'lambda', name: 'DeleteEventSourceMapping20150331', request };
    expect(tampering(call, { responseElements })).toMatchObject({ part: 'function', name: 'credlock-observe' });
    expect(tampering(call)).toBeNull();
  });

  test('is told of the bucket log files are read from, if it is another', () => {
    const request = { name: 'organization', s3BucketName: 'elsewhere', isMultiRegionTrail: true };
    const call = { source: 'cloudtrail', name: 'UpdateTrail', request };
    expect(tampering(call, {}, 'organization-trail')).toMatchObject({ was: 'pointed at bucket elsewhere' });
    expect(tampering(call, {}, 'elsewhere')).toBeNull();
    expect(tampering(call)).toBeNull();
  });
});

describe('not reported', () => {
  test.each<[string, string, string, object | null]>([
    ['a rule that is not ours', 'events', 'DisableRule', { name: 'nightly-credlock' }],
    ['a rule of others that is enabled', 'events', 'EnableRule', { name: 'nightly-report' }],
    ['what only reads', 'events', 'DescribeRule', { name: 'credlock-network' }],
    ['another queue', 'sqs', 'DeleteQueue', { queueUrl: QUEUE.replace('credlock', 'orders') }],
    ['another table', 'dynamodb', 'DeleteTable', { tableName: 'orders' }],
    ['a deployment that begins', 'cloudformation', 'CreateChangeSet', { stackName: 'credlock-hub' }],
    ['an upgrade of others', 'cloudformation', 'UpdateStack', { stackName: 'orders' }],
    ['an upgrade of others’ members', 'cloudformation', 'UpdateStackSet', { stackSetName: 'baseline' }],
    ['another stack that goes', 'cloudformation', 'DeleteStack', { stackName: 'orders' }],
    ['an action of no service of ours', 'rds', 'DeleteDBInstance', { name: 'credlock-db' }],
    ['names that objects have by nature', 'constructor', 'toString', { name: 'credlock' }],
    ['an action that is called as objects name things', 'events', 'constructor', { name: 'credlock-network' }],
    ['a request without parameters', 'events', 'DisableRule', null],
    ['a trail that starts', 'cloudtrail', 'StartLogging', { name: 'organization' }],
    ['a trail that is widened', 'cloudtrail', 'UpdateTrail', { name: 'organization', isMultiRegionTrail: true }],
    [
      'selectors of all management events',
      'cloudtrail',
      'PutEventSelectors',
      {
        trailName: 't',
        eventSelectors: [
          { readWriteType: 'All', includeManagementEvents: true, excludeManagementEventSources: ['kms.amazonaws.com'] },
        ],
      },
    ],
    [
      'the same, advanced, with data events besides',
      'cloudtrail',
      'PutEventSelectors',
      {
        trailName: 't',
        advancedEventSelectors: [
          {
            fieldSelectors: [
              { field: 'eventCategory', equals: ['Data'] },
              { field: 'readOnly', equals: ['false'] },
            ],
          },
          { fieldSelectors: [{ field: 'eventCategory', equals: ['Management'] }] },
        ],
      },
    ],
    ['rights for a queue of others', 'sqs', 'AddPermission', { queueUrl: QUEUE.replace('credlock', 'orders') }],
    ['the log group of others', 'logs', 'DeleteLogGroup', { logGroupName: '/aws/lambda/orders' }],
    ['alarms of others', 'monitoring', 'DeleteAlarms', { alarmNames: ['cpu', 'disk'] }],
  ])('%s', (_what, source, name, request) => {
    expect(tampering({ source, name, request })).toBeNull();
  });

  test('what a StackSet changes in its members, as its own update is reported', () => {
    const member = (role: string): object => ({
      userIdentity: { ...PERSON, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/2f0`, invokedBy: CLOUDFORMATION },
      ...DEPLOYED,
    });
    expect(tampering(PUT_RULE, member('stacksets-exec-0a1b'))).toBeNull();
    expect(tampering(PUT_RULE, member('AWSCloudFormationStackSetExecutionRole'))).toBeNull();
    expect(tampering(DISABLE, member('stacksets-exec-0a1b'))).not.toBeNull();
    expect(tampering(PUT_RULE, member('deployer'))).not.toBeNull();
    expect(
      tampering(PUT_RULE, { userIdentity: { ...PERSON, arn: PERSON.arn.replace('admin', 'stacksets-exec-0a1b') } }),
    ).not.toBeNull();
  });

  test('what is refused to people', () => {
    expect(tampering(DISABLE, { errorCode: 'AccessDenied' })).toBeNull();
  });

  test('what a service only tells of', () => {
    expect(tampering(DISABLE, { eventType: 'AwsServiceEvent' })).toBeNull();
  });
});

describe('whose doing it is', () => {
  test.each([
    ['the scope of its credentials', { ...INSTANCE, ...SCOPE }, 'scope'],
    ['the delivery of its key', { ...INSTANCE, sessionContext: { ec2RoleDelivery: '2.0' } }, 'delivery'],
    ['the form of its name', INSTANCE, 'shape'],
  ])('shows by %s', (_how, userIdentity, shown) => {
    const found = seen(DISABLE, { userIdentity });
    expect(found).toMatchObject({ shown, workload: { kind: 'ec2-instance', id: 'i-0a11ce00000000001' } });
    expect(composeTampering([found])).toMatchObject({ severity: 'HIGH' });
  });

  test('is a matter for the night when a workload did it, tried it, or did it among others', () => {
    const tried = seen(DISABLE, { userIdentity: INSTANCE, errorCode: 'AccessDenied' });
    expect(composeTampering([tried])).toMatchObject({
      severity: 'HIGH',
      title: `Detector in account ${ACCOUNT}: rule credlock-ec2-instance would have been disabled, but the call was refused`,
    });
  });

  test.each([
    ['a person', {}],
    ['a user', { userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/ada`, accountId: ACCOUNT } }],
    ['the root user', { userIdentity: { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT } }],
    ['nobody that is named', { userIdentity: { type: 'Unknown' } }],
    ['CloudFormation', DEPLOYED],
    ['CloudFormation for a build server', { userIdentity: { ...INSTANCE, ...SCOPE }, ...DEPLOYED }],
  ])('is MEDIUM when it was %s', (_who, change) => {
    expect(composeTampering([seen(DISABLE, change)])).toMatchObject({ severity: 'MEDIUM', type: 'DetectorTampered' });
  });
});

describe('the caller is named', () => {
  const principalId = 'AIDAEXAMPLE';
  test.each<[string, object, string]>([
    ['by its ARN', { ...PERSON, userName: 'ada' }, PERSON.arn],
    ['by its user name', { type: 'IAMUser', userName: 'ada', invokedBy: CLOUDFORMATION, principalId }, 'ada'],
    ['by the service', { type: 'AWSService', invokedBy: CLOUDFORMATION, principalId }, CLOUDFORMATION],
    ['by its principal id', { type: 'AWSAccount', principalId }, principalId],
    ['as unknown', { type: 'Unknown' }, 'an unknown caller'],
  ])('%s', (_, userIdentity, by) => {
    expect(seen(DISABLE, { userIdentity }).by).toBe(by);
  });
});

describe('a deployment', () => {
  const EXECUTE = {
    source: 'cloudformation',
    name: 'ExecuteChangeSet',
    request: { stackName: 'credlock-hub', changeSetName: 'cdk-deploy' },
  };
  const EXECUTION = { ...PERSON, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/cdk-exec/AWSCloudFormation` };
  const UPDATE_CODE = {
    source: 'lambda',
    name: 'UpdateFunctionCode20150331v2',
    request: { functionName: 'credlock-observe' },
  };
  const byStack = (call: Call): Tampering => seen(call, { userIdentity: EXECUTION, ...DEPLOYED });
  const upgrade = [seen(EXECUTE, { eventID: 'z' }), byStack(UPDATE_CODE), byStack(PUT_RULE)];

  test('is one finding: who updated the stack, and what that changed', () => {
    expect(new Set(upgrade.map(tamperingGroup)).size).toBe(1);
    const finding = composeTampering(upgrade);
    expect(finding).toMatchObject({
      severity: 'LOW',
      title: `Detector in account ${ACCOUNT}: stack credlock-hub was updated, and 2 more`,
      calls: 3,
    });
    expect(finding?.description).toContain(`${PERSON.arn} called cloudformation.amazonaws.com ExecuteChangeSet`);
    const evidence = finding?.evidence.join('\n');
    expect(evidence).toContain(
      `function credlock-observe was given new code (UpdateFunctionCode, through CloudFormation`,
    );
    expect(evidence).toContain(
      `rule credlock-network was changed (PutRule, through CloudFormation by ${EXECUTION.arn}`,
    );
  });

  test('that deletes or disables something is MEDIUM, as is a change by hand', () => {
    expect(composeTampering([...upgrade, byStack(DISABLE)])).toMatchObject({
      severity: 'MEDIUM',
      title: expect.stringContaining('rule credlock-ec2-instance was disabled'),
    });
    expect(composeTampering([seen(UPDATE_CODE)])).toMatchObject({ severity: 'MEDIUM' });
  });

  test('by a build server’s session is no theft, and a stack that a workload deletes is one', () => {
    const server = { userIdentity: { ...INSTANCE, ...SCOPE } };
    expect(composeTampering([seen(EXECUTE, server)])).toMatchObject({ severity: 'LOW' });
    const remove = { source: 'cloudformation', name: 'DeleteStack', request: { stackName: 'credlock-hub' } };
    expect(composeTampering([seen(EXECUTE), seen(remove, server)])).toMatchObject({ severity: 'HIGH' });
  });

  test('is not counted as tampering, which raises an alarm', () => {
    expect(upgrade.map(isRoutine)).toEqual([true, true, true]);
    expect([byStack(DISABLE), seen(UPDATE_CODE)].map(isRoutine)).toEqual([false, false]);
  });
});

describe('the finding', () => {
  const acts = [
    seen(DISABLE, { eventTime: '2026-09-01T10:20:30Z', eventID: 'b' }),
    seen({ ...DISABLE, name: 'DeleteRule' }, { eventTime: '2026-09-01T10:50:00Z', eventID: 'c' }),
    seen(PUT_RULE, { eventTime: '2026-09-01T10:10:00Z', eventID: 'a' }),
  ];

  test('says who did what, from where, what is lost, and what to do', () => {
    const [first] = acts;
    const finding = composeTampering(first ? [first] : []);
    expect(finding).toMatchObject({
      id: `credlock/tampering/aws/${ACCOUNT}/2026-09-01T10/${PERSON.arn}`,
      incidentId: `credlock/incident/aws/${ACCOUNT}/detector/credlock`,
      title: `Detector in account ${ACCOUNT}: rule credlock-ec2-instance was disabled`,
      description:
        `Rule credlock-ec2-instance was disabled. ${PERSON.arn} called events.amazonaws.com DisableRule in account ` +
        `${ACCOUNT}, eu-west-1, at 2026-09-01T10:20:30Z from 203.0.113.9. Events that it forwarded no longer ` +
        'reach the detector.',
      workload: { kind: 'detector', id: 'credlock', account: ACCOUNT, region: 'eu-west-1', partition: 'aws' },
      sessions: [{ arn: PERSON.arn, role: 'admin', accessKeyIds: ['ASIAADA'] }],
      origin: { kind: 'public', ip: '203.0.113.9', ownership: 'unknown' },
      calls: 1,
      events: [{ id: 'b', name: 'DisableRule', userAgent: 'aws-cli/2.17.44' }],
      evidence: ['2026-09-01T10:20:30Z in eu-west-1: rule credlock-ec2-instance was disabled (DisableRule), record b.'],
    });
    expect(finding?.advice[0]).toContain('Ask the caller whether the change was intended');
  });

  test('belongs to the incident of the workload whose keys were used, and says how that is known', () => {
    const finding = composeTampering([seen(DISABLE, { userIdentity: { ...INSTANCE, ...SCOPE } })]);
    expect(finding?.incidentId).toBe(`credlock/incident/aws/${ACCOUNT}/ec2-instance/i-0a11ce00000000001`);
    expect(finding?.evidence[0]).toBe(
      'The record names the workload its credentials were issued to: EC2 instance i-0a11ce00000000001, account ' +
        `${ACCOUNT}.`,
    );
    expect(finding?.description).toContain('A session of EC2 instance i-0a11ce00000000001');
  });

  test('tells what one caller did in one account within an hour, in whatever order it is learned', () => {
    const told = composeTampering(acts);
    expect(told).toMatchObject({
      title: `Detector in account ${ACCOUNT}: rule credlock-network was changed, and 2 more`,
      firstSeen: '2026-09-01T10:10:00Z',
      lastSeen: '2026-09-01T10:50:00Z',
      calls: 3,
    });
    expect(composeTampering([...acts].reverse())).toEqual(told);
    expect(new Set(acts.map(tamperingGroup)).size).toBe(1);
  });

  test('of another hour, caller or account is another', () => {
    const others = [
      seen(DISABLE, { eventTime: '2026-09-01T11:00:00Z' }),
      seen(DISABLE, { userIdentity: INSTANCE }),
      seen(DISABLE, { recipientAccountId: '444455556666' }),
      ...acts.slice(0, 1),
    ];
    expect(new Set(others.map(tamperingGroup)).size).toBe(4);
  });

  test('of hundreds of calls stays readable', () => {
    const many = Array.from({ length: 300 }, () => seen(DISABLE));
    const finding = composeTampering(many);
    expect(finding).toMatchObject({ calls: null, callsAtLeast: 200 });
    expect([finding?.events.length, finding?.evidence.length]).toEqual([200, 41]);
    expect(finding?.evidence.at(-1)).toBe('And 260 more such calls.');
  });

  test('of nothing is none', () => {
    expect(composeTampering([])).toBeNull();
  });

  test('is hidden by a suppression of its account and type, and by no other', () => {
    const finding = composeTampering(acts);
    const planned = {
      reason: 'removal',
      owner: 'ops@example.org',
      expires: '2026-09-02',
      types: ['DetectorTampered'] as const,
    };
    const hides = (suppression: object): boolean =>
      finding !== null && suppressedBy(finding, [{ ...planned, ...suppression }]) !== null;
    expect(hides({ account: ACCOUNT })).toBe(true);
    expect(hides({ account: '444455556666' })).toBe(false);
    expect(hides({ account: ACCOUNT, types: ['OutsideAWS'] })).toBe(false);
    expect(hides({ account: ACCOUNT, expires: '2026-09-01' })).toBe(false);
    expect(hides({ role: 'deployer' })).toBe(false);
  });
});

describe('what a deployment has that its name does not tell', () => {
  const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/0a1b2c3d-1111-2222-3333-444455556666`;
  const KEY_ID = KEY.split('/')[1] ?? '';
  const deployed: Deployed = {
    trail: { bucket: 'organization-trail', prefix: 'logs/' },
    detectorKey: KEY,
    hub: { account: ACCOUNT, region: 'eu-west-1' },
  };
  const kms = (name: string, keyId: string): Call => ({ source: 'kms', name, request: { keyId } });
  const bucket = (name: string, bucketName: string): Call => ({ source: 's3', name, request: { bucketName } });
  const disableHub: Call = { source: 'securityhub', name: 'DisableSecurityHub', request: null };

  test.each([
    ['its key, by ARN', kms('DisableKey', KEY), { part: 'key', name: KEY_ID, was: 'disabled' }],
    ['its key, by id', kms('ScheduleKeyDeletion', KEY_ID), { part: 'key', was: 'scheduled for deletion' }],
    ['its key’s policy', kms('PutKeyPolicy', KEY_ID), { part: 'key', was: 'changed' }],
    ['the trail’s bucket', bucket('DeleteBucket', 'organization-trail'), { part: 'bucket', was: 'deleted' }],
    ['Security Hub', disableHub, { part: 'service', name: 'Security Hub', was: 'disabled' }],
  ])('%s is a part of it', (_what, call, expected) => {
    expect(tamperingIn(call, {}, deployed)).toMatchObject(expected);
    expect(tamperingIn(call, {}, BY_NAME_ALONE)).toBeNull();
  });

  test.each([
    ['another key', kms('DisableKey', 'ffffffff-1111-2222-3333-444455556666')],
    ['what only uses the key', kms('Decrypt', KEY)],
    ['another bucket', bucket('DeleteBucket', 'other')],
    ['what only reads the trail’s bucket', bucket('GetBucketPolicy', 'organization-trail')],
  ])('%s is not', (_what, call) => {
    expect(tamperingIn(call, {}, deployed)).toBeNull();
  });

  test('Security Hub elsewhere is not', () => {
    expect(tamperingIn(disableHub, { awsRegion: 'us-east-1' }, deployed)).toBeNull();
    expect(tamperingIn(disableHub, { recipientAccountId: '444455556666' }, deployed)).toBeNull();
    const anywhere = { ...deployed, hub: { account: ACCOUNT, region: null } };
    expect(tamperingIn(disableHub, { awsRegion: 'us-east-1' }, anywhere)).not.toBeNull();
  });

  test('is reported with what is lost', () => {
    const finding = composeTampering([tamperingIn(kms('DisableKey', KEY), {}, deployed)].flatMap((one) => one ?? []));
    expect(finding?.title).toContain(`key ${KEY_ID} was disabled`);
    expect(finding?.description).toContain('cannot be read or written');
  });
});
