import { PARTS, type Deployed } from '../../../../lambda/detection/tampering/act';
import { readRecord } from '../../../../lambda/detection/records/read-record';
import { actionOf, actOf, WATCHED_CALLS } from '../../../../lambda/detection/tampering/watched-resources';
import { ORGANIZATION_ACTIONS, SECURITY_HUB_ACTIONS, TRAIL_ACTIONS } from '../../../../lambda/detection/vocabulary';

const ACCOUNT = '111122223333';
const KEY = '0a1b2c3d-1111-2222-3333-444455556666';
const DEPLOYED: Deployed = {
  trail: { bucket: 'organization-trail', prefix: 'logs/' },
  detectorKey: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/${KEY}`,
  hub: { account: ACCOUNT, region: 'eu-west-1' },
};

function act(service: string, name: string, request: object | null): string | null {
  const reading = readRecord({
    eventVersion: '1.11',
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/ada`, accountId: ACCOUNT },
    eventTime: '2026-09-01T10:20:30Z',
    eventSource: `${service}.amazonaws.com`,
    eventName: name,
    awsRegion: 'eu-west-1',
    sourceIPAddress: '203.0.113.9',
    requestParameters: request,
    responseElements: null,
    eventID: 'call',
    eventType: 'AwsApiCall',
    recipientAccountId: ACCOUNT,
  });
  if ('skip' in reading) throw new Error(reading.skip);
  const found = actOf(reading.record, DEPLOYED);
  return found && `${found.part} ${found.name} was ${found.was}`;
}

const ARN = `eu-west-1:${ACCOUNT}`;
const RULE = { name: 'credlock-network' };
const BUS = { eventBusName: 'credlock-hub' };
const QUEUE = { queueUrl: `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/credlock-observe` };
const TABLE = { tableName: 'credlock-locks' };
const FUNCTION = { functionName: 'credlock-observe' };
const ROLE = { roleName: 'credlock-forward' };
const STACK = { stackName: 'credlock-hub' };
const STACK_SET = { stackSetName: 'credlock-member' };
const BUCKET = { bucketName: 'credlock-hub-config' };
const TOPIC = { topicArn: `arn:aws:sns:${ARN}:credlock-findings` };
const SUBSCRIPTION = { subscriptionArn: `arn:aws:sns:${ARN}:credlock-findings:5ee-1` };
const LOG = { logGroupName: '/aws/lambda/credlock-observe' };
const AGENT_LOG = { logGroupName: '/credlock/falco/shop' };
const STREAM = { deliveryStreamName: 'credlock-kubernetes' };
const DESTINATION = { destinationName: 'credlock-kubernetes' };
const FILTER = { logGroupName: '/aws/eks/shop/cluster', filterName: 'credlock-kubernetes-eu-west-1' };
const ALARM = { alarmName: 'credlock-lag' };
const KEY_ID = { keyId: KEY };
const TRAIL = { name: 'organization' };
const SELECTORS = (field: object): object => ({
  trailName: 'organization',
  advancedEventSelectors: [{ fieldSelectors: [{ field: 'eventCategory', equals: ['Management'] }, field] }],
});

describe('calls that are reported', () => {
  test.each<[service: string, name: string, request: object | null, act: string]>([
    ['events', 'EnableRule', RULE, 'rule credlock-network was enabled for write calls only'],
    ['events', 'PutTargets', { rule: 'credlock-network' }, 'rule credlock-network was changed'],
    ['events', 'PutPermission', BUS, 'bus credlock-hub was changed'],
    ['events', 'UpdateEventBus', { name: 'credlock-hub' }, 'bus credlock-hub was changed'],
    ['sqs', 'SetQueueAttributes', QUEUE, 'queue credlock-observe was changed'],
    [
      'sqs',
      'StartMessageMoveTask',
      { sourceArn: `arn:aws:sqs:${ARN}:credlock-observe-dead`, destinationArn: `arn:aws:sqs:${ARN}:other` },
      'queue credlock-observe-dead was emptied into another queue',
    ],
    [
      'lambda',
      'CreateEventSourceMapping20150331',
      { eventSourceArn: `arn:aws:sqs:${ARN}:credlock-observe`, functionName: 'other' },
      'queue credlock-observe was given a consumer',
    ],
    ['dynamodb', 'UpdateTimeToLive', TABLE, 'table credlock-locks was changed'],
    ['dynamodb', 'UpdateContinuousBackups', TABLE, 'table credlock-locks was changed'],
    ['lambda', 'UpdateFunctionConfiguration20150331v2', FUNCTION, 'function credlock-observe was changed'],
    ['lambda', 'PutFunctionEventInvokeConfig', FUNCTION, 'function credlock-observe was changed'],
    ['lambda', 'PutFunctionScalingConfig', FUNCTION, 'function credlock-observe was changed'],
    ['lambda', 'PutRuntimeManagementConfig', FUNCTION, 'function credlock-observe was changed'],
    ['lambda', 'AddPermission20150331v2', FUNCTION, 'function credlock-observe was changed'],
    ['iam', 'PutRolePolicy', ROLE, 'role credlock-forward was changed'],
    ['iam', 'DetachRolePolicy', ROLE, 'role credlock-forward was stripped of rights'],
    ['cloudformation', 'UpdateStack', STACK, 'stack credlock-hub was updated'],
    ['cloudformation', 'ExecuteChangeSet', STACK, 'stack credlock-hub was updated'],
    ['cloudformation', 'UpdateStackSet', STACK_SET, 'stack credlock-member was updated'],
    ['cloudformation', 'UpdateStackInstances', STACK_SET, 'stack credlock-member was updated'],
    ['cloudformation', 'DeleteStackSet', STACK_SET, 'stack credlock-member was deleted'],
    ['cloudformation', 'DeactivateOrganizationsAccess', {}, 'service access of StackSets was disabled'],
    ['s3', 'PutBucketEncryption', BUCKET, 'bucket credlock-hub-config was changed'],
    ['s3', 'DeleteBucketEncryption', { bucketName: 'organization-trail' }, 'bucket organization-trail was changed'],
    ['s3', 'PutBucketPublicAccessBlock', BUCKET, 'bucket credlock-hub-config was changed'],
    ['s3', 'PutBucketAcl', BUCKET, 'bucket credlock-hub-config was changed'],
    ['s3', 'PutBucketOwnershipControls', BUCKET, 'bucket credlock-hub-config was changed'],
    ['s3', 'PutBucketRequestPayment', { bucketName: 'organization-trail' }, 'bucket organization-trail was changed'],
    [
      'sns',
      'SetSubscriptionAttributes',
      SUBSCRIPTION,
      'topic credlock-findings was given other terms for a subscriber',
    ],
    ['sns', 'SetTopicAttributes', TOPIC, 'topic credlock-findings was changed'],
    ['sns', 'PutDataProtectionPolicy', { resourceArn: TOPIC.topicArn }, 'topic credlock-findings was changed'],
    ['monitoring', 'SetAlarmState', { ...ALARM, stateValue: 'OK' }, 'alarm credlock-lag was set to a state by hand'],
    [
      'monitoring',
      'PutAlarmMuteRule',
      { muteTargets: { alarmNames: ['credlock-lag'] } },
      'alarm credlock-lag was muted',
    ],
    [
      'logs',
      'PutRetentionPolicy',
      { ...LOG, retentionInDays: 1 },
      'log group credlock-observe was set to expire after 1 days',
    ],
    ['logs', 'DeleteLogStream', LOG, 'log group credlock-observe was deprived of a log stream'],
    ['logs', 'AssociateKmsKey', LOG, 'log group credlock-observe was changed'],
    ['firehose', 'DeleteDeliveryStream', STREAM, 'delivery stream credlock-kubernetes was deleted'],
    ['firehose', 'UpdateDestination', STREAM, 'delivery stream credlock-kubernetes was changed'],
    ['firehose', 'StartDeliveryStreamEncryption', STREAM, 'delivery stream credlock-kubernetes was changed'],
    ['logs', 'DeleteDestination', DESTINATION, 'destination credlock-kubernetes was deleted'],
    ['logs', 'PutDestination', DESTINATION, 'destination credlock-kubernetes was changed'],
    ['logs', 'PutDestinationPolicy', DESTINATION, 'destination credlock-kubernetes was changed'],
    ['logs', 'DeleteLogGroup', AGENT_LOG, 'log group of an agent /credlock/falco/shop was deleted'],
    [
      'logs',
      'AssociateKmsKey',
      { resourceIdentifier: `arn:aws:logs:${ARN}:log-group:/credlock/tetragon/credlock-1:*` },
      'log group of an agent /credlock/tetragon/credlock-1 was changed',
    ],
    ['logs', 'DeleteSubscriptionFilter', FILTER, 'subscription credlock-kubernetes-eu-west-1 was deleted'],
    ['kms', 'RevokeGrant', KEY_ID, `key ${KEY} was deprived of a grant`],
    ['kms', 'DeleteImportedKeyMaterial', KEY_ID, `key ${KEY} was emptied of its material`],
    [
      'cloudtrail',
      'UpdateTrail',
      { ...TRAIL, s3KeyPrefix: 'elsewhere' },
      'trail organization was pointed at prefix elsewhere',
    ],
    ['cloudtrail', 'UpdateTrail', { ...TRAIL, kmsKeyId: 'other' }, 'trail organization was encrypted with key other'],
    [
      'cloudtrail',
      'PutEventSelectors',
      SELECTORS({ field: 'eventSource', notEquals: ['sts.amazonaws.com'] }),
      'trail organization was set to leave out management events',
    ],
    [
      'cloudtrail',
      'PutEventSelectors',
      SELECTORS({ field: 'eventSource', equals: ['kms.amazonaws.com'] }),
      'trail organization was set to leave out management events',
    ],
    [
      'cloudtrail',
      'PutEventSelectors',
      SELECTORS({ field: 'userIdentity.arn', notStartsWith: ['arn:aws:sts::'] }),
      'trail organization was set to leave out management events',
    ],
    [
      'cloudtrail',
      'PutEventSelectors',
      { trailName: 'organization', eventSelectors: [{ excludeManagementEventSources: ['ec2.amazonaws.com'] }] },
      'trail organization was set to leave out management events',
    ],
    [
      'securityhub',
      'CreateAutomationRule',
      {},
      'service Security Hub was given an automation rule, which can suppress findings',
    ],
    ['securityhub', 'DeleteFindingAggregator', {}, 'service Security Hub was cut off from its aggregation Region'],
    [
      'securityhub',
      'DisableImportFindingsForProduct',
      {},
      'service Security Hub was closed to the findings of a product',
    ],
    ['organizations', 'LeaveOrganization', null, `account ${ACCOUNT} was removed from its organisation`],
    [
      'organizations',
      'RemoveAccountFromOrganization',
      { accountId: '1' },
      'account 1 was removed from its organisation',
    ],
    ['organizations', 'MoveAccount', { accountId: '1', destinationParentId: 'ou-a' }, 'account 1 was moved to ou-a'],
    ['organizations', 'AttachPolicy', { policyId: 'p-1', targetId: 'r-a' }, 'policy p-1 was attached to r-a'],
    ['organizations', 'UpdatePolicy', { policyId: 'p-1' }, 'policy p-1 was changed'],
    ['organizations', 'DetachPolicy', { policyId: 'p-1', targetId: 'r-a' }, 'policy p-1 was detached from r-a'],
    [
      'organizations',
      'DisablePolicyType',
      { policyType: 'SERVICE_CONTROL_POLICY' },
      'policy SERVICE_CONTROL_POLICY was disabled',
    ],
    [
      'organizations',
      'DisableAWSServiceAccess',
      { servicePrincipal: 'cloudtrail.amazonaws.com' },
      'service access of cloudtrail.amazonaws.com was disabled',
    ],
    ['account', 'DisableRegion', { regionName: 'eu-west-1' }, 'Region eu-west-1 was disabled'],
    [
      'cloudtrail',
      'UpdateTrail',
      { ...TRAIL, includeGlobalServiceEvents: false },
      'trail organization was cut off from global services',
    ],
    [
      'cloudtrail',
      'UpdateTrail',
      { ...TRAIL, isOrganizationTrail: false },
      'trail organization was narrowed to one account',
    ],
    ['cloudtrail', 'UpdateTrail', { ...TRAIL, s3KeyPrefix: 'lo' }, 'trail organization was pointed at prefix lo'],
    [
      'cloudtrail',
      'PutEventSelectors',
      SELECTORS({ field: 'eventSource', notEquals: ['kms.amazonaws.com'], notStartsWith: ['s3'] }),
      'trail organization was set to leave out management events',
    ],
    [
      'cloudtrail',
      'PutEventSelectors',
      SELECTORS({ field: 'eventSource' }),
      'trail organization was set to leave out management events',
    ],
    ['cloudtrail', 'PutEventSelectors', TRAIL, 'trail organization was set to leave out management events'],
    [
      'cloudtrail',
      'PutEventSelectors',
      { ...TRAIL, advancedEventSelectors: [{ name: 'none' }] },
      'trail organization was set to leave out management events',
    ],
    ['organizations', 'MoveAccount', { accountId: '1' }, 'account 1 was moved to unknown'],
    ['logs', 'PutRetentionPolicy', LOG, 'log group credlock-observe was set to expire after other days'],
    [
      'lambda',
      'UpdateEventSourceMapping20150331',
      { ...FUNCTION, enabled: true },
      'function credlock-observe was changed',
    ],
    [
      'lambda',
      'UpdateEventSourceMapping20150331',
      { ...FUNCTION, enabled: false },
      'function credlock-observe was cut off from its queue',
    ],
  ])('%s %s %j', (service, name, request, expected) => {
    expect(act(service, name, request)).toBe(expected);
  });
});

describe('calls that are not reported', () => {
  test.each<[service: string, name: string, request: object | null]>([
    ['sqs', 'StartMessageMoveTask', { sourceArn: `arn:aws:sqs:${ARN}:credlock-observe-dead` }],
    [
      'sqs',
      'StartMessageMoveTask',
      {
        sourceArn: `arn:aws:sqs:${ARN}:credlock-observe-dead`,
        destinationArn: `arn:aws:sqs:${ARN}:credlock-observe`,
      },
    ],
    ['organizations', 'DisableAWSServiceAccess', null],
    ['kms', 'RevokeGrant', null],
    [
      'cloudtrail',
      'PutEventSelectors',
      SELECTORS({ field: 'eventSource', notEquals: ['kms.amazonaws.com'], equals: [], notStartsWith: [] }),
    ],
    ['cloudtrail', 'UpdateTrail', { ...TRAIL, includeGlobalServiceEvents: true, isOrganizationTrail: true }],
    ['organizations', 'DisableAWSServiceAccess', { servicePrincipal: 'sso.amazonaws.com' }],
    ['monitoring', 'PutAlarmMuteRule', { name: 'credlock-quiet', muteTargets: { alarmNames: ['cpu'] } }],
    ['lambda', 'CreateEventSourceMapping20150331', { eventSourceArn: `arn:aws:sqs:${ARN}:orders` }],
    ['kms', 'RevokeGrant', { keyId: 'other' }],
    ['cloudtrail', 'UpdateTrail', { ...TRAIL, s3KeyPrefix: 'logs', s3BucketName: 'organization-trail' }],
    ['cloudtrail', 'PutEventSelectors', SELECTORS({ field: 'eventSource', notEquals: ['kms.amazonaws.com'] })],
    ['s3', 'PutBucketEncryption', { bucketName: 'orders' }],
    ['iam', 'PutRolePolicy', { roleName: 'orders' }],
    ['logs', 'DeleteSubscriptionFilter', { ...FILTER, filterName: 'to-siem' }],
    ['firehose', 'DeleteDeliveryStream', { deliveryStreamName: 'orders' }],
    ['logs', 'PutRetentionPolicy', AGENT_LOG],
    ['logs', 'DeleteLogStream', AGENT_LOG],
  ])('%s %s %j', (service, name, request) => {
    expect(act(service, name, request)).toBeNull();
  });

  /** As parameters name resources of the detector, whichever a call takes. */
  const NAMED = {
    ...RULE,
    ...BUS,
    ...QUEUE,
    ...TABLE,
    ...FUNCTION,
    ...ROLE,
    ...STACK,
    ...BUCKET,
    ...TOPIC,
    ...LOG,
    ...ALARM,
    ...STREAM,
    ...DESTINATION,
    ...FILTER,
    ...KEY_ID,
    policyId: 'p-1',
    regionName: 'eu-west-1',
  };

  test.each(
    WATCHED_CALLS.flatMap(({ service, harmless }) =>
      Object.entries(harmless).map(([name, reason]) => [service, name, reason] as const),
    ),
  )('%s %s: %s', (service, name) => {
    expect(act(service, name, NAMED)).toBeNull();
  });
});

describe('the watched calls', () => {
  test('have one row for each service and action', () => {
    const rows = WATCHED_CALLS.flatMap(({ part, service, actions, harmless }) =>
      [...Object.keys(actions), ...Object.keys(harmless)].map((action) => `${part} ${service} ${action}`),
    );
    expect(new Set(rows).size).toBe(rows.length);
    expect(new Set(WATCHED_CALLS.map(({ part }) => part))).toEqual(new Set(PARTS));
  });

  test('are those that event patterns select by name', () => {
    const actionsOf = (service: string): Set<string> =>
      new Set(
        WATCHED_CALLS.filter((calls) => calls.service === service).flatMap(({ actions }) => Object.keys(actions)),
      );
    expect(actionsOf('organizations')).toEqual(new Set(ORGANIZATION_ACTIONS.organizations));
    expect(actionsOf('account')).toEqual(new Set(ORGANIZATION_ACTIONS.account));
    expect(actionsOf('cloudformation')).toEqual(
      new Set([...actionsOf('cloudformation'), ...ORGANIZATION_ACTIONS.cloudformation]),
    );
    expect(actionsOf('securityhub')).toEqual(new Set(SECURITY_HUB_ACTIONS));
    expect(actionsOf('cloudtrail')).toEqual(new Set(TRAIL_ACTIONS));
  });

  test.each(['UpdateFunctionCode20150331v2', 'UpdateFunctionCode20150331', 'UpdateFunctionCode'])(
    '%s is called without the version of the API',
    (name) => {
      expect(actionOf(name)).toBe('UpdateFunctionCode');
    },
  );
});
