import { call, person, session, SHOP, type CallShape, type TrailRecord } from './record-shapes';

const WRITE = { readOnly: false };
const ARN = `eu-central-1:${SHOP}`;

/** Calls that harm the detector or a trail: `name` by `service` with `request`. */
const HARM: readonly (readonly [service: string, name: string, request: object])[] = [
  ['cloudtrail', 'StopLogging', { name: 'organization' }],
  ['cloudtrail', 'DeleteTrail', { name: `arn:aws:cloudtrail:${ARN}:trail/organization` }],
  ['cloudtrail', 'UpdateTrail', { name: 'organization', isMultiRegionTrail: false }],
  ['cloudtrail', 'PutEventSelectors', { trailName: 'organization', eventSelectors: [{ readWriteType: 'WriteOnly' }] }],
  ['events', 'DeleteRule', { name: 'credlock-network' }],
  ['events', 'DisableRule', { name: 'credlock-ec2-instance', eventBusName: 'default' }],
  ['events', 'PutRule', { name: 'credlock-ec2-instance', state: 'ENABLED' }],
  ['events', 'RemoveTargets', { rule: 'credlock-ec2-instance', ids: ['hub'] }],
  ['events', 'RemovePermission', { eventBusName: 'credlock-hub', statementId: 'organization' }],
  ['events', 'DeleteEventBus', { name: 'credlock-hub' }],
  ['sqs', 'PurgeQueue', { queueUrl: `https://sqs.eu-central-1.amazonaws.com/${SHOP}/credlock-observe` }],
  ['sqs', 'DeleteQueue', { queueUrl: `https://sqs.eu-central-1.amazonaws.com/${SHOP}/credlock-delayed` }],
  ['dynamodb', 'DeleteTable', { tableName: 'credlock-locks' }],
  ['dynamodb', 'DeleteTable', { tableName: `arn:aws:dynamodb:${ARN}:table/credlock-locks` }],
  ['lambda', 'DeleteFunction20150331', { functionName: 'credlock-observe' }],
  ['lambda', 'PutFunctionConcurrency20171031', { functionName: `arn:aws:lambda:${ARN}:function:credlock-observe` }],
  ['lambda', 'TagResource20170331v2', { resourceArn: `arn:aws:lambda:${ARN}:function:credlock-observe` }],
  ['dynamodb', 'TagResource', { resourceArn: `arn:aws:dynamodb:${ARN}:table/credlock-locks` }],
  ['iam', 'PutRolePolicy', { roleName: 'credlock-forward', policyName: 'none' }],
  ['iam', 'DeleteRole', { roleName: 'credlock-verification' }],
  ['cloudformation', 'DeleteStack', { stackName: 'credlock-member' }],
  ['cloudformation', 'DeleteStack', { stackName: `arn:aws:cloudformation:${ARN}:stack/credlock-member/3f2b8c1d` }],
  ['cloudformation', 'DeleteStackInstances', { stackSetName: 'credlock-member' }],
  ['s3', 'PutBucketPolicy', { bucketName: 'credlock-config-example' }],
  ['cloudwatch', 'DisableAlarmActions', { alarmNames: ['credlock-dead-letters'] }],
  ['sns', 'DeleteTopic', { topicArn: `arn:aws:sns:${ARN}:credlock-findings` }],
];

/** Calls of the detector's own actions, on other people's things or only reading. */
const NO_HARM: readonly (readonly [service: string, name: string, request: object, extra?: object])[] = [
  ['cloudtrail', 'DescribeTrails', {}, { readOnly: true }],
  ['cloudtrail', 'StartLogging', { name: 'organization' }],
  ['events', 'DescribeRule', { name: 'credlock-network' }, { readOnly: true }],
  ['events', 'DeleteRule', { name: 'nightly-report' }],
  ['sqs', 'PurgeQueue', { queueUrl: `https://sqs.eu-central-1.amazonaws.com/${SHOP}/orders` }],
  ['dynamodb', 'DeleteTable', { tableName: 'orders' }],
  ['dynamodb', 'PutItem', { tableName: 'credlock-locks' }, { managementEvent: false, eventCategory: 'Data' }],
  ['lambda', 'UpdateFunctionCode20150331v2', { functionName: 'invoice' }],
  ['iam', 'PutRolePolicy', { roleName: 'orders', policyName: 'read' }],
];

/** Calls that a tampering rule has to see. */
export function harmToTheDetector(): Readonly<Record<string, TrailRecord>> {
  const byPerson = HARM.map(([service, name, request]) => told(`harm: ${name}`, { service, name, request }));
  const stolen = session({ role: 'orders', session: 'i-0a11ce0000c0ffee1', context: { ec2RoleDelivery: '2.0' } });
  const byStolenKeys = told('harm by a workload: StopLogging', {
    service: 'cloudtrail',
    name: 'StopLogging',
    request: { name: 'organization' },
    identity: stolen,
  });
  return Object.fromEntries([...byPerson, byStolenKeys]);
}

export function noHarmToTheDetector(): Readonly<Record<string, TrailRecord>> {
  return Object.fromEntries(
    NO_HARM.map(([service, name, request, extra]) =>
      told(`no harm: ${name}`, { service, name, request, extra: { ...WRITE, ...extra } }),
    ),
  );
}

function told(
  what: string,
  shape: Omit<CallShape, 'identity'> & { readonly identity?: object },
): [string, TrailRecord] {
  const record = call({ identity: person(), extra: WRITE, ...shape });
  return [`${what} ${JSON.stringify(shape.request)}`, record];
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
