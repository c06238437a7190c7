import { call, person, session, SHOP, type TrailRecord } from './record-shapes';

const ARN = `eu-central-1:${SHOP}`;

interface DetectorCall {
  readonly service: string;
  readonly name: string;
  readonly request: object;
  readonly response?: object;
  readonly extra?: object;
}

function at(
  service: string,
  calls: readonly (readonly [name: string, request: object, more?: object])[],
): DetectorCall[] {
  return calls.map(([name, request, more]) => ({ service, name, request, ...more }));
}

const QUEUE = `https://sqs.eu-central-1.amazonaws.com/${SHOP}/credlock-observe`;
const QUEUE_ARN = `arn:aws:sqs:${ARN}:credlock-observe`;
const TABLE = `arn:aws:dynamodb:${ARN}:table/credlock-locks`;
const FUNCTION = `arn:aws:lambda:${ARN}:function:credlock-observe`;
const TOPIC = `arn:aws:sns:${ARN}:credlock-findings`;
const STACK = `arn:aws:cloudformation:${ARN}:stack/credlock-member/3f2b8c1d-4e5f-6071-8293-a4b5c6d7e8f9`;

/** Calls that harm the detector or a trail, one for each way in which the part is named. */
const HARM: readonly DetectorCall[] = [
  ...at('cloudtrail', [
    ['StopLogging', { name: 'organization' }],
    ['DeleteTrail', { name: `arn:aws:cloudtrail:${ARN}:trail/organization` }],
    ['UpdateTrail', { name: 'organization', isMultiRegionTrail: false }],
    ['PutEventSelectors', { trailName: 'organization', eventSelectors: [{ readWriteType: 'WriteOnly' }] }],
  ]),
  ...at('organizations', [
    ['LeaveOrganization', {}],
    ['RemoveAccountFromOrganization', { accountId: SHOP }],
    ['CloseAccount', { accountId: SHOP }],
    ['MoveAccount', { accountId: SHOP, sourceParentId: 'r-abcd', destinationParentId: 'ou-abcd-12345678' }],
    ['AttachPolicy', { policyId: 'p-examplepolicyid1', targetId: SHOP }],
    ['DetachPolicy', { policyId: 'p-examplepolicyid1', targetId: SHOP }],
    ['UpdatePolicy', { policyId: 'p-examplepolicyid1', content: '{}' }],
    ['DeletePolicy', { policyId: 'p-examplepolicyid1' }],
    ['DisablePolicyType', { rootId: 'r-abcd', policyType: 'SERVICE_CONTROL_POLICY' }],
    ['DisableAWSServiceAccess', { servicePrincipal: 'cloudtrail.amazonaws.com' }],
    [
      'DeregisterDelegatedAdministrator',
      { accountId: SHOP, servicePrincipal: 'member.org.stacksets.cloudformation.amazonaws.com' },
    ],
  ]),
  ...at('account', [['DisableRegion', { regionName: 'eu-south-2' }]]),
  ...at('events', [
    ['DeleteRule', { name: 'credlock-network' }],
    ['DisableRule', { name: 'credlock-ec2-instance', eventBusName: 'default' }],
    ['PutRule', { name: 'credlock-ec2-instance', state: 'DISABLED' }],
    ['RemoveTargets', { rule: 'credlock-ec2-instance', ids: ['hub'] }],
    ['RemovePermission', { eventBusName: 'credlock-hub', statementId: 'organization' }],
    ['PutPermission', { eventBusName: `arn:aws:events:${ARN}:event-bus/credlock-hub`, policy: '{}' }],
    ['DeleteEventBus', { name: 'credlock-hub' }],
  ]),
  ...at('sqs', [
    ['PurgeQueue', { queueUrl: QUEUE }],
    ['DeleteQueue', { queueUrl: QUEUE }],
    ['StartMessageMoveTask', { sourceArn: `${QUEUE_ARN}-dead`, destinationArn: `arn:aws:sqs:${ARN}:other` }],
  ]),
  ...at('dynamodb', [
    ['DeleteTable', { tableName: 'credlock-locks' }],
    ['UpdateTimeToLive', { tableName: TABLE }],
    ['PutResourcePolicy', { resourceArn: TABLE, policy: '{}' }],
  ]),
  ...at('lambda', [
    ['DeleteFunction20150331', { functionName: 'credlock-observe' }],
    ['PutFunctionConcurrency20171031', { functionName: FUNCTION, reservedConcurrentExecutions: 0 }],
    ['CreateEventSourceMapping20150331', { eventSourceArn: QUEUE_ARN, functionName: 'other' }],
    [
      'DeleteEventSourceMapping20150331',
      { uUID: '3f2b8c1d-4e5f-6071-8293-a4b5c6d7e8f9' },
      { response: { functionArn: FUNCTION, state: 'Deleting' } },
    ],
  ]),
  ...at('iam', [
    ['PutRolePolicy', { roleName: 'credlock-forward', policyName: 'none' }],
    ['DeleteRole', { roleName: 'credlock-verification' }],
  ]),
  ...at('cloudformation', [
    ['DeleteStack', { stackName: 'credlock-member' }],
    ['DeleteStack', { stackName: STACK }],
    ['DeleteStackInstances', { stackSetName: 'credlock-member' }],
    ['ExecuteChangeSet', { stackName: 'credlock-hub', changeSetName: 'cdk-deploy' }],
    ['DeactivateOrganizationsAccess', {}],
  ]),
  ...at('s3', [['PutBucketPolicy', { bucketName: 'credlock-config-example' }]]),
  ...at('monitoring', [
    ['DisableAlarmActions', { alarmNames: ['credlock-dead-letters'] }],
    ['PutMetricAlarm', { alarmName: 'credlock-dead-letters', threshold: 1_000_000 }],
    ['PutAlarmMuteRule', { name: 'quiet', muteTargets: { alarmNames: ['credlock-dead-letters'] } }],
  ]),
  ...at('sns', [
    ['DeleteTopic', { topicArn: TOPIC }],
    ['Unsubscribe', { subscriptionArn: `${TOPIC}:3f2b8c1d-4e5f-6071-8293-a4b5c6d7e8f9` }],
    ['PutDataProtectionPolicy', { resourceArn: TOPIC, dataProtectionPolicy: '{}' }],
  ]),
  ...at('logs', [
    ['DeleteLogGroup', { logGroupName: '/aws/lambda/credlock-observe' }],
    ['DeleteLogGroup', { logGroupName: 'credlock-observe' }],
    ['AssociateKmsKey', { resourceIdentifier: `arn:aws:logs:${ARN}:log-group:/aws/lambda/credlock-observe` }],
  ]),
];

/** Calls that harm what reads audit logs of clusters. */
const HARM_TO_AUDIT_LOGS: readonly DetectorCall[] = [
  ...at('firehose', [['DeleteDeliveryStream', { deliveryStreamName: 'credlock-kubernetes' }]]),
  ...at('logs', [
    ['PutDestinationPolicy', { destinationName: 'credlock-kubernetes', accessPolicy: '{}' }],
    [
      'DeleteSubscriptionFilter',
      { logGroupName: '/aws/eks/shop/cluster', filterName: 'credlock-kubernetes-eu-central-1' },
    ],
    ['DeleteLogGroup', { logGroupName: '/credlock/falco/shop' }],
  ]),
];

const READ = { extra: { readOnly: true } };

/** Calls of the same actions on other people's things, and such as only read or add. */
const NO_HARM: readonly DetectorCall[] = [
  ...at('cloudtrail', [
    ['DescribeTrails', {}, READ],
    ['GetTrailStatus', { name: 'credlock-trail' }, READ],
    ['StartLogging', { name: 'organization' }],
  ]),
  ...at('events', [
    ['DescribeRule', { name: 'credlock-network' }, READ],
    ['DeleteRule', { name: 'nightly-report' }],
  ]),
  ...at('sqs', [['PurgeQueue', { queueUrl: `https://sqs.eu-central-1.amazonaws.com/${SHOP}/orders` }]]),
  ...at('dynamodb', [
    ['DeleteTable', { tableName: 'orders' }],
    ['PutItem', { tableName: 'credlock-locks' }, { extra: { managementEvent: false, eventCategory: 'Data' } }],
  ]),
  ...at('lambda', [['UpdateFunctionCode20150331v2', { functionName: 'invoice' }]]),
  ...at('iam', [['PutRolePolicy', { roleName: 'orders', policyName: 'read' }]]),
  ...at('firehose', [['DeleteDeliveryStream', { deliveryStreamName: 'clicks' }]]),
  ...at('logs', [['DeleteSubscriptionFilter', { logGroupName: '/aws/eks/shop/cluster', filterName: 'archive' }]]),
  ...at('organizations', [['TagResource', { resourceId: SHOP, tags: [] }]]),
  ...at('account', [['PutContactInformation', {}]]),
  ...at('iot', [['AttachPolicy', { policyName: 'fleet', target: 'thing' }]]),
  ...at('example', [
    ['DeactivateOrganizationsAccess', {}],
    ['DisableRegion', { regionName: 'eu-south-2' }],
  ]),
  ...at('cloudformation', [['DeactivateType', { typeName: 'Example::Test::Type' }]]),
];

/** Calls that a tampering rule has to see. */
export function harmToTheDetector(): Readonly<Record<string, TrailRecord>> {
  const stolen = session({ role: 'orders', session: 'i-0a11ce0000c0ffee1', context: { ec2RoleDelivery: '2.0' } });
  return {
    ...named('harm', HARM),
    'harm by a workload': call({
      name: 'StopLogging',
      service: 'cloudtrail',
      identity: stolen,
      request: { name: 'organization' },
      extra: { readOnly: false },
    }),
  };
}

export function harmToAuditLogs(): Readonly<Record<string, TrailRecord>> {
  return named('harm', HARM_TO_AUDIT_LOGS);
}

export function noHarmToTheDetector(): Readonly<Record<string, TrailRecord>> {
  return named('no harm', NO_HARM);
}

function named(what: string, calls: readonly DetectorCall[]): Record<string, TrailRecord> {
  const entries = calls.map((shape): [string, TrailRecord] => [
    `${what}: ${shape.name} ${JSON.stringify(shape.request)}`,
    call({ ...shape, identity: person(), extra: { readOnly: false, ...shape.extra } }),
  ]);
  return Object.fromEntries(entries);
}

/** The detector's own call, by which it proves that it hears an account and Region. */
export function canaries(): Readonly<Record<string, TrailRecord>> {
  const assume = (sessionName: string, extra: object = {}): TrailRecord =>
    call({
      name: 'AssumeRole',
      service: 'sts',
      identity: session({ role: 'credlock-watch', session: 'credlock-watch' }),
      request: { roleArn: `arn:aws:iam::${SHOP}:role/credlock-verification`, roleSessionName: sessionName },
      response: {
        credentials: { accessKeyId: 'ASIAEXAMPLEEXAMPLE03', expiration: 'Sep 1, 2026, 9:00:00 AM' },
        assumedRoleUser: {
          arn: `arn:aws:sts::${SHOP}:assumed-role/credlock-verification/${sessionName}`,
          assumedRoleId: `AROAEXAMPLEEXAMPLE004:${sessionName}`,
        },
      },
      extra,
    });
  return { 'canary: heard': assume('credlock-canary') };
}
