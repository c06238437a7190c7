import { App } from 'aws-cdk-lib';
import type * as Lambda from 'aws-cdk-lib/aws-lambda';
import { Template } from 'aws-cdk-lib/assertions';
import { SUBSCRIBE_ACTIONS } from '../../../lambda/adapters/eks/cluster-logs';
import { DEFAULT_SETTINGS } from '../../../lambda/detection/parse-settings';
import { AUDIT_LOG } from '../../../lambda/detection/vocabulary';
import { ENV, WATCH_TASKS } from '../../../lambda/environment';
import { MAX_PATTERN_CHARACTERS } from '../../../lib/patterns/event-patterns';
import { readContext } from '../../../lib/stacks/context';
import { deploy } from '../../../lib/stacks/deployment';
import { MAX_TEMPLATE_BYTES } from '../../../lib/stacks/organization-stack-set';
import { all, resourcesOf, statementsOf, type StackTemplate } from '../synthesis';

// The bundles are tested where the CLI synthesises; here nothing needs to be built.
jest.mock('../../../lib/hub/handler-code', () => {
  const { Code } = jest.requireActual<typeof Lambda>('aws-cdk-lib/aws-lambda');
  return { handlerCode: () => Code.fromInline('exports.handler = async () => {};') };
});

const HUB = '111122223333';
const SINGLE = { mode: 'single', hubAccount: HUB, hubRegion: 'eu-west-1' };
const ORGANIZATION = {
  mode: 'organization',
  organizationId: 'o-exampleorgid',
  hubAccount: HUB,
  hubRegion: 'eu-west-1',
  regions: 'eu-west-1,us-east-1',
  targetOus: 'r-abcd',
};

const done = new Map<string, Map<string, StackTemplate>>();

/** The templates by the stacks' ids; made once for each context. */
function deployed(context: Readonly<Record<string, unknown>>): Map<string, StackTemplate> {
  const key = JSON.stringify(context);
  const known = done.get(key) ?? synthesised(context);
  done.set(key, known);
  return known;
}

function synthesised(context: Readonly<Record<string, unknown>>): Map<string, StackTemplate> {
  const app = new App({
    context: { '@aws-cdk/core:enablePartitionLiterals': true, '@aws-cdk/aws-iam:minimizePolicies': true },
  });
  const stacks = deploy(app, readContext(context, { names: Object.keys(DEFAULT_SETTINGS), faultsOf: () => [] }));
  return new Map(
    stacks.map((stack) => [stack.node.id, Template.fromStack(stack).toJSON() as unknown as StackTemplate]),
  );
}

function templateOf(stack: string, context: Readonly<Record<string, unknown>>): StackTemplate {
  const found = deployed(context).get(stack);
  if (!found) throw new Error(`no stack ${stack}`);
  return found;
}

const hub = (): StackTemplate => templateOf('credlock-hub', { ...ORGANIZATION, kubernetes: 'true' });

function roleNamed(template: StackTemplate, name: string) {
  const [id, role] =
    resourcesOf(template, 'AWS::IAM::Role').find(([, { Properties }]) => Properties['RoleName'] === name) ?? [];
  if (id === undefined || !role) throw new Error(`no role ${name}`);
  return { id, role };
}

/** The actions of a role by the resources they are allowed on. */
function allowed(template: StackTemplate, name: string): string[] {
  const { id, role } = roleNamed(template, name);
  const inline = role.Properties['Policies'] !== undefined;
  return statementsOf(template)
    .filter(({ of }) => (inline ? of === id : of.startsWith(id.slice(0, -8))))
    .flatMap(({ statement }) =>
      all(statement.Action).flatMap((action) =>
        all(statement.Resource as string).map((resource) => `${action} ${JSON.stringify(resource)}`),
      ),
    )
    .toSorted();
}

function variables(template: StackTemplate, name: string): Readonly<Record<string, unknown>> {
  const [, fn] =
    resourcesOf(template, 'AWS::Lambda::Function').find(([, { Properties }]) => Properties['FunctionName'] === name) ??
    [];
  const environment = fn?.Properties['Environment'] as
    { readonly Variables: Readonly<Record<string, unknown>> } | undefined;
  return environment?.Variables ?? {};
}

test.each([
  ['single', SINGLE],
  ['organization', ORGANIZATION],
])('%s without kubernetes has no part of it', (_mode, context) => {
  const without = deployed(context);
  expect(deployed({ ...context, kubernetes: 'false' })).toEqual(without);
  expect(deployed({ ...context, kubernetes: 'false', kubernetesPattern: '' })).toEqual(without);
  const text = JSON.stringify([...without]);
  expect(text).not.toMatch(/credlock-(?:kubernetes|subscribe|log-delivery|destination|stream|observe-kubernetes)/);
  expect(text).not.toMatch(/deliveryStreamName|destinationName|filterName|Firehose/);
});

test('it cannot be had in mode trail, nor a pattern without it', () => {
  const trail = { mode: 'trail', trailBucketArn: 'arn:aws:s3:::org-trail', kubernetes: 'true' };
  expect(() => deployed(trail)).toThrow('context key kubernetes must not be given in mode trail');
  expect(() => deployed({ ...SINGLE, kubernetesPattern: '-leases' })).toThrow(
    'context key kubernetesPattern must be given with kubernetes=true',
  );
});

describe('the hub', () => {
  test('takes audit records by a stream into a bucket that keeps them for three days', () => {
    const template = Template.fromJSON({ ...hub() });
    template.hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      DeliveryStreamName: 'credlock-kubernetes',
      DeliveryStreamType: 'DirectPut',
      DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
      ExtendedS3DestinationConfiguration: { Prefix: 'kubernetes/', CompressionFormat: 'UNCOMPRESSED' },
    });
    expect(JSON.stringify(hub())).not.toContain('ProcessingConfiguration');
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 3, Status: 'Enabled' }] },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      Name: 'credlock-kubernetes',
      EventPattern: {
        source: ['aws.s3'],
        account: [HUB],
        'detail-type': ['Object Created'],
        detail: { object: { key: [{ prefix: AUDIT_LOG.prefix }] } },
      },
      State: 'ENABLED',
    });
  });

  test('reads them by a queue and a function of their own', () => {
    const template = Template.fromJSON({ ...hub() });
    template.hasResourceProperties('AWS::SQS::Queue', {
      QueueName: 'credlock-observe-kubernetes',
      VisibilityTimeout: 1_800,
    });
    template.hasResourceProperties('AWS::SQS::Queue', { QueueName: 'credlock-observe-kubernetes-dead' });
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 6);
    expect(Object.keys(variables(hub(), 'credlock-observe-kubernetes')).toSorted()).toEqual(
      [
        ENV.auditBucket,
        ENV.configBucket,
        ENV.delayedQueueUrl,
        ENV.hubAccount,
        ENV.hubPartition,
        ENV.ipRangesKey,
        ENV.lockTable,
        ENV.publishingQueueUrl,
        ENV.quarantineQueueUrl,
        ENV.settingsKey,
        ENV.verifyQueueUrl,
      ].toSorted(),
    );
  });

  test('its function may do what it needs, and nothing else', () => {
    const actions = allowed(hub(), 'credlock-observe-kubernetes').map((line) => line.split(' ')[0]);
    expect([...new Set(actions)]).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:GetObject',
      's3:ListBucket',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ]);
    const reads = allowed(hub(), 'credlock-observe-kubernetes').filter((line) => line.includes('AuditLogs'));
    expect(reads).toEqual([expect.stringMatching(/^s3:GetObject .*"\/kubernetes\/\*"/)]);
  });

  test('the stream may write its objects, and CloudWatch Logs records into the stream, for the organisation alone', () => {
    const actions = (name: string) => allowed(hub(), name).map((line) => line.replace(/\{.*?"Arn"\]\}/, 'ARN'));
    expect(actions('credlock-stream').map((line) => line.split(' ')[0])).toEqual([
      's3:AbortMultipartUpload',
      's3:AbortMultipartUpload',
      's3:GetBucketLocation',
      's3:ListBucket',
      's3:ListBucketMultipartUploads',
      's3:PutObject',
      's3:PutObject',
    ]);
    expect(actions('credlock-destination')).toEqual(['firehose:PutRecord ARN', 'firehose:PutRecordBatch ARN']);
    const { role } = roleNamed(hub(), 'credlock-destination');
    expect(role.Properties['AssumeRolePolicyDocument']).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'logs.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceOrgID': 'o-exampleorgid' } },
        },
      ],
    });
  });

  test('watch may assume the role that subscribes in the organisation, and is told to every hour', () => {
    const template = hub();
    const [statement] = statementsOf(template).filter(({ statement: { Resource } }) =>
      JSON.stringify(Resource).includes('credlock-subscribe'),
    );
    expect(statement?.of).toContain('Detectorwatch');
    expect(statement?.statement).toMatchObject({
      Action: 'sts:AssumeRole',
      Resource: ['arn:aws:iam::*:role/credlock-subscribe', 'arn:aws:iam::*:role/credlock-verification'],
      Condition: { StringEquals: { 'aws:ResourceOrgID': 'o-exampleorgid' } },
    });
    expect(variables(template, 'credlock-watch')).toMatchObject({ [ENV.subscribeRole]: 'credlock-subscribe' });
    Template.fromJSON({ ...template }).hasResourceProperties('AWS::Events::Rule', {
      Name: 'credlock-subscribe-clusters',
      ScheduleExpression: 'rate(1 hour)',
      Targets: [{ Input: JSON.stringify(WATCH_TASKS.subscribe) }],
    });
    expect(String(variables(template, 'credlock-watch')[ENV.hubRules])).toContain('credlock-kubernetes');
  });

  test('a filter pattern is passed on to watch', () => {
    const pattern = '-"\\"objectRef\\":{\\"resource\\":\\"leases\\""';
    const template = templateOf('credlock', { ...SINGLE, kubernetes: true, kubernetesPattern: pattern });
    expect(variables(template, 'credlock-watch')[ENV.auditPattern]).toBe(pattern);
  });

  test('a customer’s key encrypts the stream and the bucket, and their roles may use it', () => {
    const template = templateOf('credlock-hub', { ...ORGANIZATION, kubernetes: 'true', customerKey: 'true' });
    Template.fromJSON({ ...template }).hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      DeliveryStreamEncryptionConfigurationInput: { KeyType: 'CUSTOMER_MANAGED_CMK' },
    });
    for (const role of ['credlock-stream', 'credlock-observe-kubernetes'])
      expect(allowed(template, role).map((line) => line.split(' ')[0])).toContain('kms:GenerateDataKey');
    for (const { statement } of statementsOf(template))
      for (const action of all(statement.Action)) expect(action).not.toContain('*');
  });

  test('has alarms for it, and shows it on the dashboard', () => {
    const names = resourcesOf(hub(), 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties['AlarmName']);
    expect(names).toEqual(
      expect.arrayContaining([
        'credlock-observe-kubernetes-dead',
        'credlock-observe-kubernetes-waiting',
        'credlock-observe-kubernetes-errors',
        'credlock-observe-kubernetes-throttles',
        'credlock-audit-records-unwritten',
        'credlock-clusters-not-subscribed',
        'credlock-rounds-subscribe',
      ]),
    );
    const body = JSON.stringify(resourcesOf(hub(), 'AWS::CloudWatch::Dashboard'));
    for (const metric of ['AuditEventsRead', 'ClustersWithoutAuditLog']) expect(body).toContain(metric);
  });

  test('has the destination and the roles of its own Region and account', () => {
    for (const [template, principal] of [
      [hub(), '"Principal":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}'],
      [templateOf('credlock', { ...SINGLE, kubernetes: 'true' }), `"Principal":{"AWS":"${HUB}"}`],
    ] as const) {
      const [[, destination] = []] = resourcesOf(template, 'AWS::Logs::Destination');
      expect(destination?.Properties).toMatchObject({
        DestinationName: 'credlock-kubernetes',
        TargetArn: `arn:aws:firehose:eu-west-1:${HUB}:deliverystream/credlock-kubernetes`,
        RoleArn: `arn:aws:iam::${HUB}:role/credlock-destination`,
      });
      expect(destination?.Properties['DestinationPolicy']).toContain(principal);
      expect(roleNamed(template, 'credlock-subscribe').role.Condition).toBeUndefined();
    }
  });
});

describe('members', () => {
  const member = (): StackTemplate => templateOf('credlock-member', { ...ORGANIZATION, kubernetes: 'true' });

  test('have two roles for it in one Region, but not in the hub’s account, which has its own', () => {
    for (const name of ['credlock-subscribe', 'credlock-log-delivery']) {
      const { Condition } = roleNamed(member(), name).role;
      expect(member().Conditions?.[Condition ?? '']).toEqual({
        'Fn::And': [
          { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
          { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, HUB] }] },
        ],
      });
    }
    const elsewhere = templateOf('credlock-management-us-east-1', { ...ORGANIZATION, kubernetes: 'true' });
    expect(JSON.stringify(elsewhere)).not.toContain('credlock-subscribe');
  });

  test('the role that subscribes is watch’s alone, and changes log groups of clusters and their agents, for the hub’s destination only', () => {
    const { role } = roleNamed(member(), 'credlock-subscribe');
    expect(role.Properties['AssumeRolePolicyDocument']).toMatchObject({
      Statement: [
        {
          Principal: { AWS: { 'Fn::Join': ['', expect.arrayContaining([`:iam::${HUB}:root`])] } },
          Condition: { ArnLike: { 'aws:PrincipalArn': `arn:*:iam::${HUB}:role/credlock-watch` } },
        },
      ],
    });
    const short = (line: string): string =>
      line
        .replaceAll(/\{"Fn::Join":\["",\[(.*)\]\]\}/g, '$1')
        .replaceAll(/\{"Ref":"AWS::(?:Partition|AccountId)"\}/g, '"·"')
        .replaceAll(/"|,/g, '');
    expect(allowed(member(), 'credlock-subscribe').map(short)).toEqual([
      'eks:DescribeCluster arn:·:eks:*:·:cluster/*',
      'eks:ListClusters *',
      'iam:PassRole arn:·:iam::·:role/credlock-log-delivery',
      'logs:DeleteSubscriptionFilter arn:·:logs:*:·:log-group:/aws/eks/*/cluster:*',
      'logs:DeleteSubscriptionFilter arn:·:logs:*:·:log-group:/credlock/falco/*:*',
      'logs:DeleteSubscriptionFilter arn:·:logs:*:·:log-group:/credlock/tetragon/*:*',
      'logs:DescribeLogGroups arn:·:logs:*:·:log-group:*',
      'logs:DescribeSubscriptionFilters arn:·:logs:*:·:log-group:/aws/eks/*/cluster:*',
      'logs:DescribeSubscriptionFilters arn:·:logs:*:·:log-group:/credlock/falco/*:*',
      'logs:DescribeSubscriptionFilters arn:·:logs:*:·:log-group:/credlock/tetragon/*:*',
      'logs:PutSubscriptionFilter arn:·:logs:*:·:log-group:/aws/eks/*/cluster:*',
      'logs:PutSubscriptionFilter arn:·:logs:*:·:log-group:/credlock/falco/*:*',
      'logs:PutSubscriptionFilter arn:·:logs:*:·:log-group:/credlock/tetragon/*:*',
      `logs:PutSubscriptionFilter arn:·:logs:*:${HUB}:destination:credlock-kubernetes`,
    ]);
    expect(allowed(member(), 'credlock-log-delivery').map(short)).toEqual([
      'logs:PutLogEvents arn:·:logs:*:·:log-group:/aws/eks/*/cluster:*',
      'logs:PutLogEvents arn:·:logs:*:·:log-group:/credlock/falco/*:*',
      'logs:PutLogEvents arn:·:logs:*:·:log-group:/credlock/tetragon/*:*',
    ]);
  });

  test('the role may do what watch does with it, and nothing else', () => {
    const actions = new Set(allowed(member(), 'credlock-subscribe').map((line) => line.split(' ')[0] ?? ''));
    expect([...actions].toSorted()).toEqual(SUBSCRIBE_ACTIONS.toSorted());
    expect(JSON.stringify(member())).toContain('"iam:PassedToService":"logs.amazonaws.com"');
  });

  test('CloudWatch Logs may deliver for log groups of the account alone', () => {
    expect(roleNamed(member(), 'credlock-log-delivery').role.Properties['AssumeRolePolicyDocument']).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'logs.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        },
      ],
    });
  });

  test('their template has no assets and fits into a StackSet; patterns fit into rules', () => {
    expect(JSON.stringify(member())).not.toMatch(/cdk-hnb659fds|AssetParameters|BootstrapVersion/);
    expect(JSON.stringify(member()).length).toBeLessThan(MAX_TEMPLATE_BYTES);
    for (const [, { Properties }] of [
      ...resourcesOf(member(), 'AWS::Events::Rule'),
      ...resourcesOf(hub(), 'AWS::Events::Rule'),
    ])
      expect(JSON.stringify(Properties['EventPattern'] ?? {}).length).toBeLessThan(MAX_PATTERN_CHARACTERS);
  });
});

describe('destinations', () => {
  test('of the other Regions are a StackSet in the hub account, before the members’', () => {
    const management = templateOf('credlock-management', { ...ORGANIZATION, kubernetes: 'true' });
    const sets = resourcesOf(management, 'AWS::CloudFormation::StackSet');
    const [id, set] = sets.find(([, { Properties }]) => Properties['StackSetName'] === 'credlock-destination') ?? [];
    expect(set?.Properties).toMatchObject({
      PermissionModel: 'SERVICE_MANAGED',
      StackInstancesGroup: [
        {
          DeploymentTargets: { OrganizationalUnitIds: ['r-abcd'], Accounts: [HUB], AccountFilterType: 'INTERSECTION' },
          Regions: ['us-east-1'],
        },
      ],
    });
    const body = JSON.parse(String(set?.Properties['TemplateBody'])) as StackTemplate;
    expect(Object.values(body.Resources).map(({ Type }) => Type)).toEqual(['AWS::Logs::Destination']);
    const members = sets.find(([, { Properties }]) => Properties['StackSetName'] === 'credlock-member')?.[1];
    expect((members as unknown as { readonly DependsOn: readonly string[] }).DependsOn).toContain(id);
    expect(body).toEqual(templateOf('credlock-destination', { ...ORGANIZATION, kubernetes: 'true' }));
  });

  test('are no StackSet where the hub’s Region is the only one', () => {
    const management = templateOf('credlock-management', { ...ORGANIZATION, regions: 'eu-west-1', kubernetes: 'true' });
    expect(resourcesOf(management, 'AWS::CloudFormation::StackSet')).toHaveLength(1);
  });

  test('of a single account are a stack in each other Region', () => {
    const stacks = deployed({ ...SINGLE, regions: 'eu-west-1,eu-west-3', kubernetes: 'true' });
    expect([...stacks.keys()]).toEqual(['credlock', 'credlock-destination-eu-west-3', 'credlock-member-eu-west-3']);
    const [[, destination] = []] = resourcesOf(
      stacks.get('credlock-destination-eu-west-3') ?? { Resources: {} },
      'AWS::Logs::Destination',
    );
    expect(destination?.Properties['TargetArn']).toBe(
      `arn:aws:firehose:eu-west-1:${HUB}:deliverystream/credlock-kubernetes`,
    );
  });
});
