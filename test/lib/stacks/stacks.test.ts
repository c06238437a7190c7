import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { patternFingerprint } from '../../../lambda/detection/model/event-pattern';
import { DEFAULT_SETTINGS } from '../../../lambda/detection/parse-settings';
import {
  ENV,
  METRIC_NAMESPACE,
  METRICS,
  POSTURE_TASKS,
  variablesOf,
  WATCH_TASKS,
  type HandlerName,
} from '../../../lambda/environment';
import { ACKNOWLEDGEMENTS } from '../../../lib/acknowledgements';
import { RUNBOOK_SECTIONS } from '../../../lib/hub/alarm-settings';
import { MAX_WILDCARD_RULES } from '../../../lib/patterns/event-patterns';
import { HANDLERS, type DeployedHandler } from '../../../lib/hub/handlers';
import { MAX_TEMPLATE_BYTES } from '../../../lib/stacks/organization-stack-set';
import { ADDRESS_ACTIONS, UNSCOPED_ACTIONS } from '../../../lib/member/verification-role';
import { metricsEmittedBy } from '../metrics-emitted';
import {
  all,
  buildApp,
  resourcesOf,
  statementsOf,
  type BuiltApp,
  type StackTemplate,
  type Synthesis,
} from '../synthesis';

const SINGLE = ['mode=single'];
const ORGANIZATION = [
  'mode=organization',
  'organizationId=o-exampleorgid',
  'hubAccount=111122223333',
  'hubRegion=eu-west-1',
  'regions=eu-west-1,us-east-1',
  'targetOus=r-abcd',
];
const TRAIL = [
  'mode=trail',
  'trailBucketArn=arn:aws:s3:::example-org-trail',
  'trailBucketOwner=444455556666',
  'hubAccount=111122223333',
  'hubRegion=eu-west-1',
];

let app: BuiltApp;
let single: Synthesis;
let organization: Synthesis;
let trail: Synthesis;
/** The organisation with all that can be deployed. */
let whole: Synthesis;

beforeAll(() => {
  app = buildApp();
  single = app.synthesise(...SINGLE);
  organization = app.synthesise(...ORGANIZATION);
  trail = app.synthesise(...TRAIL);
  whole = app.synthesise(...ORGANIZATION, 'kubernetes=true');
});

afterAll(() => app.remove());

function hubs(): [string, StackTemplate][] {
  return [
    ['credlock', single.template('credlock')],
    ['credlock-hub', organization.template('credlock-hub')],
    ['credlock-hub of a trail', trail.template('credlock-hub')],
    ['credlock-hub that reads audit logs', whole.template('credlock-hub')],
  ];
}

function everyTemplate(): [string, StackTemplate][] {
  return [
    ...hubs(),
    ['credlock-member', organization.template('credlock-member')],
    ['credlock-management', organization.template('credlock-management')],
    ['credlock-management-us-east-1', organization.template('credlock-management-us-east-1')],
    ['credlock-trail', trail.template('credlock-trail')],
    ['credlock-member that subscribes', whole.template('credlock-member')],
    ['credlock-destination', whole.template('credlock-destination')],
  ];
}

describe('synthesis by the CDK CLI, without credentials', () => {
  test('every mode succeeds, and cdk-nag has nothing to say', () => {
    for (const { status, said } of [single, organization, trail, whole]) {
      expect(said).not.toMatch(/error|violation/i);
      expect(status).toBe(0);
    }
  });

  test('single: one stack; organisation: hub, members, management; trail: hub and trail', () => {
    expect(single.template('credlock')).toBeDefined();
    expect(() => single.template('credlock-member')).toThrow('no stack');
    expect(() => trail.template('credlock-member')).toThrow('no stack');
    expect(Object.keys(organization.template('credlock-management').Resources).length).toBeGreaterThan(8);
  });

  test('every fault of the context is told at once, with the key, what is allowed and what was given', () => {
    const { status, said } = app.synthesise(
      'mode=organization',
      'hubAccount=123',
      'hubRegon=eu-west-1',
      'holdMinutes=99',
    );
    expect(status).not.toBe(0);
    expect(said).toContain('context key hubAccount must be an account id of 12 digits, got "123"');
    expect(said).toContain('context key hubRegon is not known, got "eu-west-1": known keys are mode,');
    expect(said).toContain('context key holdMinutes must be a number from 0 to 15, got 99');
    expect(said).not.toContain('    at ');
  });
});

describe('the member template', () => {
  test('has no assets, no parameters and no more bytes than fit into a StackSet', () => {
    const member = organization.template('credlock-member');
    expect(organization.size('credlock-member')).toBeLessThan(MAX_TEMPLATE_BYTES);
    expect(JSON.stringify(member)).not.toMatch(/cdk-hnb659fds|AssetParameters|BootstrapVersion/);
    expect(member).not.toHaveProperty('Parameters');
    expect(
      Object.values(member.Resources)
        .map(({ Type }) => Type)
        .toSorted(),
    ).toEqual([...Array.from({ length: 9 }, () => 'AWS::Events::Rule'), 'AWS::IAM::Role', 'AWS::IAM::Role']);
  });

  test('the StackSet carries the same template, to accounts that are yet to come too', () => {
    const management = organization.template('credlock-management');
    const [[, stackSet] = []] = resourcesOf(management, 'AWS::CloudFormation::StackSet');
    expect(stackSet?.Properties).toMatchObject({
      StackSetName: 'credlock-member',
      PermissionModel: 'SERVICE_MANAGED',
      CallAs: 'SELF',
      AutoDeployment: { Enabled: true, RetainStacksOnAccountRemoval: false },
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      StackInstancesGroup: [
        { DeploymentTargets: { OrganizationalUnitIds: ['r-abcd'] }, Regions: ['eu-west-1', 'us-east-1'] },
      ],
    });
    const carried: unknown = JSON.parse(String(stackSet?.Properties['TemplateBody']));
    expect(carried).toEqual(organization.template('credlock-member'));
  });

  test('every rule forwards to the hub bus, in the state that lets read-only calls through, for its own account', () => {
    for (const [, { Properties: rule, Condition }] of resourcesOf(
      organization.template('credlock-member'),
      'AWS::Events::Rule',
    )) {
      expect(rule).toMatchObject({
        Name: expect.stringMatching(/^credlock-/) as string,
        State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
        EventPattern: { account: [{ Ref: 'AWS::AccountId' }], source: [{ prefix: 'aws.' }] },
        Targets: [{ RoleArn: expect.anything() as unknown }],
      });
      expect(rule).not.toHaveProperty('EventBusName');
      expect(JSON.stringify(rule['Targets'])).toContain(':events:eu-west-1:111122223333:event-bus/credlock-hub');
      expect(Condition).toMatch(/OutsideHub/);
    }
  });

  test('in the Region of the hub its account has the hub’s own rules instead; elsewhere nothing is conditional', () => {
    const { Conditions } = organization.template('credlock-member');
    expect(Object.values(Conditions ?? {})).toContainEqual({
      'Fn::Not': [
        {
          'Fn::And': [
            { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, '111122223333'] },
            { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
          ],
        },
      ],
    });
    expect(organization.template('credlock-management-us-east-1')).not.toHaveProperty('Conditions');
  });

  test('roles are global: the one that forwards is named for its Region, the one that looks is made in one of them', () => {
    const member = Template.fromJSON({ ...organization.template('credlock-member') });
    member.hasResourceProperties('AWS::IAM::Role', {
      RoleName: { 'Fn::Join': ['', ['credlock-forward-', { Ref: 'AWS::Region' }]] },
    });
    const [[, looks] = []] = resourcesOf(organization.template('credlock-member'), 'AWS::IAM::Role').filter(
      ([, { Properties }]) => Properties['RoleName'] === 'credlock-verification',
    );
    expect(looks?.Condition).toMatch(/RoleRegion/);
    expect(resourcesOf(organization.template('credlock-management-us-east-1'), 'AWS::IAM::Role')).toHaveLength(1);
  });

  test('the verification role trusts the hub’s watch and verify, and may only look', () => {
    const [[, role] = []] = resourcesOf(organization.template('credlock-member'), 'AWS::IAM::Role').filter(
      ([, { Properties }]) => Properties['RoleName'] === 'credlock-verification',
    );
    expect(role?.Properties['AssumeRolePolicyDocument']).toMatchObject({
      Statement: [
        {
          Condition: {
            ArnLike: {
              'aws:PrincipalArn': [
                'arn:*:iam::111122223333:role/credlock-watch',
                'arn:*:iam::111122223333:role/credlock-verify',
              ],
            },
          },
        },
      ],
    });
    const actions = statementsOf(organization.template('credlock-member'))
      .filter(({ of }) => of.includes('Verification'))
      .flatMap(({ statement }) => all(statement.Action));
    expect(actions.toSorted()).toEqual([
      'cloudtrail:DescribeTrails',
      'cloudtrail:GetEventSelectors',
      'cloudtrail:GetTrailStatus',
      'ec2:DescribeAddresses',
      'ec2:DescribeInstances',
      'ec2:DescribeNatGateways',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeVpcEndpoints',
      'events:ListRules',
      'events:ListTargetsByRule',
    ]);
  });

  test('what its rules leave unseen is an output', () => {
    const { Outputs } = organization.template('credlock-member');
    expect(Outputs?.['NotCovered']?.Value).toMatch(/eks-pod: calls [^;]*\(IRSA\)/);
  });
});

function ruleNames(template: StackTemplate): unknown[] {
  return resourcesOf(template, 'AWS::Events::Rule').map(([, { Properties }]) => Properties['Name']);
}

describe('the hub', () => {
  test('has rules on its own default bus and on the hub bus, for read-only calls too', () => {
    const hub = organization.template('credlock-hub');
    const state = (wanted: string) =>
      resourcesOf(hub, 'AWS::Events::Rule')
        .filter(([, { Properties }]) => Properties['State'] === wanted && Properties['EventPattern'])
        .map(([, { Properties }]) => `${Properties['EventBusName'] ? 'hub ' : ''}${String(Properties['Name'])}`)
        .toSorted();
    expect(state('ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS')).toEqual([
      'credlock-canary',
      'credlock-ec2-instance',
      'credlock-ecs-task',
      'credlock-eks-pod',
      'credlock-hub-parts',
      'credlock-issuance',
      'credlock-lambda-function',
      'credlock-network',
      'credlock-principals',
      'credlock-tampering',
      'hub credlock-observe',
      'hub credlock-tampering',
    ]);
    expect(state('ENABLED')).toEqual(['credlock-config-changed', 'credlock-ranges-changed', 'hub credlock-simulation']);
  });

  test('no bus has more rules with wildcards than EventBridge allows', () => {
    for (const [, template] of everyTemplate()) {
      const wild = resourcesOf(template, 'AWS::Events::Rule').filter(([, rule]) =>
        JSON.stringify(rule).includes('"wildcard"'),
      );
      expect(wild.length).toBeLessThan(MAX_WILDCARD_RULES);
    }
  });

  test('sample thefts are taken from the hub account alone, and only on the hub bus', () => {
    Template.fromJSON({ ...organization.template('credlock-hub') }).hasResourceProperties('AWS::Events::Rule', {
      Name: 'credlock-simulation',
      EventPattern: { source: ['credlock.simulation'], account: ['111122223333'] },
      EventBusName: Match.anyValue(),
    });
  });

  test('only the organisation may put events on the hub bus; of a single account nobody else', () => {
    const policy = (template: StackTemplate) =>
      resourcesOf(template, 'AWS::Events::EventBusPolicy').map(([, { Properties }]) => Properties['Statement']);
    expect(policy(organization.template('credlock-hub'))).toMatchObject([
      {
        Action: 'events:PutEvents',
        Condition: {
          StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' },
          'ForAllValues:StringLike': { 'events:source': 'aws.*' },
          'ForAllValues:StringNotLike': { 'events:source': 'aws.partner/*' },
        },
      },
    ]);
    expect(policy(single.template('credlock'))).toEqual([]);
  });

  test('says what the command line reads, and nothing that is empty', () => {
    const { Outputs: said = {} } = organization.template('credlock-hub');
    expect(Object.keys(said).toSorted()).toEqual([
      'ConfigBucket',
      'DelayedQueueUrl',
      'FindingsBus',
      'FindingsTopicArn',
      'ForwardAll',
      'HubBusName',
      'HubRules',
      'IpRangesKey',
      'LearningKey',
      'LockTable',
      'Mode',
      'NotCovered',
      'ObserveQueueUrl',
      'OrganizationId',
      'QuarantineQueueUrl',
      'Regions',
      'SettingsKey',
      'VerificationRole',
      'Workloads',
    ]);
    expect(said['Workloads']?.Value).toBe('ec2-instance,ecs-task,eks-pod,lambda-function');
    expect(said['Mode']?.Value).toBe('organization');
    expect(trail.template('credlock-hub').Outputs).toMatchObject({
      TrailBucket: { Value: 'example-org-trail' },
      TrailBucketOwner: { Value: '444455556666' },
      Mode: { Value: 'trail' },
    });
    expect(trail.template('credlock-hub').Outputs).not.toHaveProperty('Workloads');
  });

  test('every name begins with credlock, so that changes of it are seen as tampering', () => {
    const naming =
      /^(?:Name|RoleName|QueueName|TableName|FunctionName|AlarmName|TopicName|BucketName|StackSetName|DashboardName|LogGroupName)$/;
    let named = 0;
    for (const [, template] of everyTemplate())
      for (const { Properties = {} } of Object.values(template.Resources))
        for (const [key, value] of Object.entries(Properties).filter(([property]) => naming.test(property))) {
          if (/^\{"(?:Ref|Fn::GetAtt)"/.test(JSON.stringify(value))) continue;
          named += 1;
          expect(`${key} ${JSON.stringify(value)}`).toMatch(
            / "(?:\/aws\/lambda\/)?credlock|\["",\["(?:\/aws\/lambda\/)?credlock-/,
          );
        }
    expect(named).toBeGreaterThan(140);
  });

  test('what must survive the stack does, and what is asked again is hidden for as long as a call may take', () => {
    const template = Template.fromJSON({ ...organization.template('credlock-hub') });
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      },
    });
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      },
    });
    for (const [name, handler] of [
      ['observe', 'observe'],
      ['delayed', 'confirm'],
      ['publishing', 'publish'],
      ['watch', 'watch'],
      ['verify', 'verify'],
    ] as const)
      template.hasResourceProperties('AWS::SQS::Queue', {
        QueueName: `credlock-${name}`,
        VisibilityTimeout: HANDLERS[handler].seconds * 6,
        RedrivePolicy: { maxReceiveCount: 8 },
      });
  });

  test('queues are read with partial failures, and Security Hub is not called by too many at once', () => {
    const template = Template.fromJSON({ ...organization.template('credlock-hub') });
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 5);
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { ScalingConfig: { MaximumConcurrency: 2 } });
  });

  test('what survives the stack has no name that a second attempt would find taken', () => {
    for (const [, template] of hubs())
      for (const { Properties, DeletionPolicy } of Object.values(template.Resources))
        if (DeletionPolicy === 'Retain')
          expect(Object.keys(Properties).filter((key) => /^(?:TableName|BucketName)$/.test(key))).toEqual([]);
  });

  test('queues take events from the rules that were made for them, by name', () => {
    const hub = organization.template('credlock-hub');
    const allowed = resourcesOf(hub, 'AWS::SQS::QueuePolicy').flatMap(([, { Properties }]) =>
      Array.from(JSON.stringify(Properties).matchAll(/:rule\/([\w/-]+)"/g), ([, rule = '']) => rule),
    );
    const made = resourcesOf(hub, 'AWS::Events::Rule')
      .filter(([, { Properties }]) => JSON.stringify(Properties['Targets']).includes('"DeadLetterConfig"'))
      .map(([, { Properties }]) => `${Properties['EventBusName'] ? 'credlock-hub/' : ''}${String(Properties['Name'])}`);
    expect(new Set(allowed)).toEqual(new Set(made));
    expect(allowed.join()).not.toContain('*');
  });

  test('watch knows the pattern of every member’s rule, as it is in the account', () => {
    const variables = variablesOfFunction(organization.template('credlock-hub'), 'watch');
    const known = new Map(
      String(variables[ENV.rules])
        .split(',')
        .map((name, at) => [name, String(variables[ENV.rulePatterns]).split(',')[at]]),
    );
    const deployed = resourcesOf(organization.template('credlock-member'), 'AWS::Events::Rule').map(
      ([, { Properties }]) => {
        const pattern = JSON.stringify(Properties['EventPattern']).replaceAll(
          '{"Ref":"AWS::AccountId"}',
          '"444455556666"',
        );
        return [Properties['Name'], patternFingerprint(JSON.parse(pattern), '444455556666')] as const;
      },
    );
    expect(new Map(deployed)).toEqual(known);
    expect(new Set(known.values()).size).toBe(known.size);
  });

  test('watch knows every rule by its name', () => {
    const variables = variablesOfFunction(organization.template('credlock-hub'), 'watch');
    const members = ruleNames(organization.template('credlock-member'));
    expect(String(variables[ENV.rules]).split(',').toSorted()).toEqual(members.map(String).toSorted());
    expect(String(variables[ENV.hubRules]).split(',')).toEqual([
      ...members.filter((name) => name !== 'credlock-tampering'),
      'credlock-hub/credlock-observe',
      'credlock-hub/credlock-simulation',
      'credlock-tampering',
      'credlock-hub-parts',
      'credlock-hub/credlock-tampering',
    ]);
    expect(variablesOfFunction(trail.template('credlock-hub'), 'watch')).not.toHaveProperty(ENV.rules);
  });

  test('the first settings are written once, and never over later ones', () => {
    const [put] = resourcesOf(organization.template('credlock-hub'), 'Custom::AWS')
      .map(([, { Properties }]) => JSON.stringify(Properties))
      .filter((text) => text.includes('putObject'));
    expect(put).toContain('\\"IfNoneMatch\\":\\"*\\"');
    expect(put).toContain('PreconditionFailed');
    expect(put).toContain('\\"Key\\":\\"settings.json\\"');
    expect(put).not.toContain('"Update"');
  });

  test('watch and posture are called as they know their tasks', () => {
    const inputs = resourcesOf(organization.template('credlock-hub'), 'AWS::Events::Rule').flatMap(
      ([, { Properties }]) =>
        (Properties['Targets'] as { readonly Input?: string }[]).flatMap(({ Input }) =>
          Input === undefined ? [] : [`${String(Properties['ScheduleExpression'])} ${Input}`],
        ),
    );
    expect(inputs.toSorted()).toEqual([
      `rate(1 day) ${JSON.stringify(POSTURE_TASKS.daily)}`,
      `rate(1 hour) ${JSON.stringify(WATCH_TASKS.check)}`,
      `rate(15 minutes) ${JSON.stringify(WATCH_TASKS.canary)}`,
    ]);
  });
});

describe('the handlers', () => {
  const names = Object.keys(HANDLERS) as DeployedHandler[];

  test('each that there is, is deployed: on Node 24, arm64, from its bundle', () => {
    const known: readonly HandlerName[] = names;
    expect(known).toHaveLength(names.length);
    for (const handler of names) {
      const { Runtime, Architectures, Handler, Timeout } = functionOf(whole.template('credlock-hub'), handler);
      expect({ Runtime, Architectures, Handler, Timeout }).toEqual({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        Timeout: HANDLERS[handler].seconds,
      });
    }
  });

  test.each(names)('%s gets the variables it needs, and none it does not know', (handler) => {
    const { required, optional } = variablesOf(handler);
    const setByLambda: string[] = [ENV.hubRegion];
    for (const [, template] of hubs()) {
      // Some are deployed on request.
      if (!isDeployed(template, handler)) {
        expect(['verify', 'observeKubernetes']).toContain(handler);
        continue;
      }
      const given = Object.keys(variablesOfFunction(template, handler));
      expect(required.filter((name) => !given.includes(name) && !setByLambda.includes(name))).toEqual([]);
      expect(given.filter((name) => ![...required, ...optional].includes(name) && name !== ENV.hubAccount)).toEqual([]);
    }
  });

  test('EC2 is asked where accounts have the verification role, and only there', () => {
    const asked = organization.template('credlock-hub');
    expect(variablesOfFunction(asked, 'observe')).toHaveProperty(ENV.verifyQueueUrl);
    expect(variablesOfFunction(asked, 'confirm')).toHaveProperty(ENV.verificationRole);
    for (const template of [single.template('credlock'), trail.template('credlock-hub')]) {
      expect(isDeployed(template, 'verify')).toBe(false);
      expect(variablesOfFunction(template, 'observe')).not.toHaveProperty(ENV.verifyQueueUrl);
      expect(variablesOfFunction(template, 'confirm')).not.toHaveProperty(ENV.verificationRole);
    }
  });

  test('the function that asks EC2 may assume one role of the organisation, and describe addresses', () => {
    const [[, policy] = []] = resourcesOf(organization.template('credlock-hub'), 'AWS::IAM::Policy').filter(([id]) =>
      id.includes('Detectorverify'),
    );
    const text = JSON.stringify(policy?.Properties['PolicyDocument']);
    expect(text).toMatch(/"Condition":\{"StringEquals":\{"aws:ResourceOrgID":"o-[^"]+"\}\}/);
    expect([...text.matchAll(/"(?:ec2|sts):(\w+)"/g)].map(([, action = '']) => action).toSorted()).toEqual([
      'AssumeRole',
      'DescribeAddresses',
      'DescribeInstances',
      'DescribeNatGateways',
      'DescribeNetworkInterfaces',
      'DescribeVpcEndpoints',
    ]);
    expect(JSON.stringify(organization.template('credlock-member'))).toContain(':role/credlock-verify"');
  });

  test('the trail is told of where there is one', () => {
    expect(variablesOfFunction(trail.template('credlock-hub'), 'observe')).toMatchObject({
      [ENV.trailBucket]: 'example-org-trail',
      [ENV.trailBucketOwner]: '444455556666',
    });
    expect(variablesOfFunction(single.template('credlock'), 'observe')).not.toHaveProperty(ENV.trailBucket);
  });

  test('findings can be said again, changes of settings told, and tampering found in log files handed on', () => {
    const hub = organization.template('credlock-hub');
    expect(variablesOfFunction(hub, 'publish')).toHaveProperty(ENV.publishingQueueUrl);
    expect(variablesOfFunction(hub, 'rejudge')).toHaveProperty(ENV.findingsTopicArn);
    expect(variablesOfFunction(hub, 'observe')).not.toHaveProperty(ENV.watchQueueUrl);
    expect(variablesOfFunction(trail.template('credlock-hub'), 'observe')).toHaveProperty(ENV.watchQueueUrl);
    expect(variablesOfFunction(trail.template('credlock-hub'), 'watch')).toHaveProperty(ENV.trailBucket);
  });

  test('canaries sing in the organisation’s accounts where they have the role, always in the hub', () => {
    expect(variablesOfFunction(organization.template('credlock-hub'), 'watch')).toMatchObject({
      [ENV.verificationRole]: 'credlock-verification',
      [ENV.canaryRole]: 'credlock-canary',
    });
    expect(variablesOfFunction(single.template('credlock'), 'watch')).not.toHaveProperty(ENV.verificationRole);
  });
});

function functionOf(template: StackTemplate, handler: DeployedHandler): Readonly<Record<string, unknown>> {
  const [found] = functionsOf(template, handler);
  if (!found) throw new Error(`no function of ${handler}`);
  return found;
}

function isDeployed(template: StackTemplate, handler: DeployedHandler): boolean {
  return functionsOf(template, handler).length > 0;
}

function functionsOf(template: StackTemplate, handler: DeployedHandler): Readonly<Record<string, unknown>>[] {
  const name = `credlock-${HANDLERS[handler].folder}`;
  return resourcesOf(template, 'AWS::Lambda::Function')
    .map(([, { Properties }]) => Properties)
    .filter(({ FunctionName }) => FunctionName === name);
}

function variablesOfFunction(template: StackTemplate, handler: DeployedHandler): Readonly<Record<string, unknown>> {
  const { Environment } = functionOf(template, handler);
  return (Environment as { readonly Variables: Readonly<Record<string, unknown>> }).Variables;
}

describe('least privilege', () => {
  test('no action has a wildcard', () => {
    for (const [name, template] of everyTemplate())
      for (const { of, statement } of statementsOf(template))
        for (const action of all(statement.Action)) expect(`${name} ${of} ${action}`).not.toContain('*');
  });

  test('the resource is * only for what AWS lets nobody narrow', () => {
    const wide = everyTemplate().flatMap(([, template]) =>
      statementsOf(template)
        .filter(({ statement }) => all(statement.Resource).includes('*'))
        .map(({ statement }) => all(statement.Action)),
    );
    expect(wide.length).toBeGreaterThan(0);
    const known: string[][] = [[...UNSCOPED_ACTIONS], [...ADDRESS_ACTIONS], ['events:ListRules'], ['eks:ListClusters']];
    for (const actions of wide) expect(known).toContainEqual(actions);
  });

  test('nobody may delete or scan items, or change what is deployed', () => {
    const actions = everyTemplate().flatMap(([, template]) =>
      statementsOf(template)
        // Subscribing is the one thing that is changed in members (see the tests of Kubernetes).
        .filter(({ of }) => !of.includes('SubscriptionSubscribe') && !of.includes('RolesSubscribe'))
        .flatMap(({ statement }) => all(statement.Action)),
    );
    expect(
      actions.filter((action) =>
        /:(?:Delete(?!Message$)|Scan|Create(?!LogStream$)|Attach|PutRolePolicy|PassRole)/.test(action),
      ),
    ).toEqual([]);
  });

  test('nothing is public: no policy for everybody without a condition, no URL of a function, no bucket that is open', () => {
    for (const [, template] of everyTemplate()) {
      expect(resourcesOf(template, 'AWS::Lambda::Url')).toEqual([]);
      for (const { Properties = {} } of Object.values(template.Resources)) {
        const text = JSON.stringify(Properties);
        for (const [statement] of text.matchAll(
          /\{[^{}]*(?:\{[^{}]*\}[^{}]*)*"Principal":(?:"\*"|\{"AWS":"\*"\})[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g,
        ))
          expect(statement).toMatch(/"Effect":"Deny"|"Condition"/);
      }
      for (const [, { Properties }] of resourcesOf(template, 'AWS::S3::Bucket'))
        expect(Properties['PublicAccessBlockConfiguration']).toEqual({
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        });
    }
  });

  test('queues, bucket and topics refuse whoever does not come by TLS', () => {
    for (const [, template] of hubs()) {
      const refusing = Object.values(template.Resources).filter(
        ({ Type, Properties }) =>
          /(?:QueuePolicy|BucketPolicy|TopicPolicy)$/.test(Type) &&
          JSON.stringify(Properties).includes('"aws:SecureTransport":"false"'),
      );
      const audit = isDeployed(template, 'observeKubernetes') ? 3 : 0;
      expect(refusing).toHaveLength((isDeployed(template, 'verify') ? 12 : 10) + 1 + 2 + audit);
    }
  });

  test('what cdk-nag says and is meant, is this list', () => {
    expect(
      ACKNOWLEDGEMENTS.map(({ at, id }) => `${at} ${id.replace('AwsSolutions::AwsSolutions-', '')}`),
    ).toMatchSnapshot();
    for (const { reason } of ACKNOWLEDGEMENTS) expect(reason.length).toBeGreaterThan(30);
  });
});

describe('notifications', () => {
  interface Told {
    readonly AlarmName: string;
    readonly AlarmDescription: string;
    readonly Namespace?: string;
    readonly MetricName?: string;
    readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
    readonly Metrics?: readonly { readonly MetricStat?: { readonly Metric: Told } }[];
    readonly AlarmActions: readonly unknown[];
    readonly OKActions?: readonly unknown[];
  }
  const alarms = (): Told[] =>
    resourcesOf(whole.template('credlock-hub'), 'AWS::CloudWatch::Alarm').map(
      ([, { Properties }]) => Properties as unknown as Told,
    );
  const metrics = (alarm: Told): Told[] =>
    alarm.Metrics ? alarm.Metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : [])) : [alarm];

  test('every alarm links to a section of the runbook, and tells people when it begins', () => {
    const sections = new Set<string>(Object.values(RUNBOOK_SECTIONS));
    const linked = alarms().map(({ AlarmDescription }) => /runbook\.md#(\S+)$/.exec(AlarmDescription)?.[1] ?? '');
    expect(new Set(linked)).toEqual(sections);
    for (const { AlarmActions, OKActions } of alarms())
      expect([AlarmActions.length, OKActions]).toEqual([1, undefined]);
  });

  test('the topic for findings gets custom notifications on request', () => {
    const variables = resourcesOf(
      app.synthesise(...SINGLE, 'topicFormat=amazon-q').template('credlock'),
      'AWS::Lambda::Function',
    )
      .map(([, { Properties }]) => JSON.stringify(Properties['Environment'] ?? {}))
      .filter((text) => text.includes('CREDLOCK_FINDINGS_TOPIC_ARN'));
    expect(variables.length).toBeGreaterThan(1);
    for (const text of variables) expect(text).toContain('"CREDLOCK_FINDINGS_TOPIC_FORMAT":"amazon-q"');
  });

  test('that an alarm ended is told on request', () => {
    const told = app.synthesise(...SINGLE, 'recoveryMails=true').template('credlock');
    for (const [, { Properties }] of resourcesOf(told, 'AWS::CloudWatch::Alarm'))
      expect(Properties['OKActions']).toHaveLength(1);
  });

  test('no alarm is raised by a deployment that has no data yet; that rounds end is told', () => {
    const found = resourcesOf(organization.template('credlock-hub'), 'AWS::CloudWatch::Alarm');
    const missing = new Set(found.map(([, { Properties }]) => Properties['TreatMissingData']));
    expect(missing).toEqual(new Set(['notBreaching', 'missing']));
    const rounds = found.filter(([, { Properties }]) => Properties['TreatMissingData'] === 'missing');
    expect(rounds.map(([, { Properties }]) => Properties['AlarmName'])).toEqual([
      'credlock-rounds-canary',
      'credlock-rounds-check',
    ]);
    for (const [, { Properties }] of rounds) expect(Properties['InsufficientDataActions']).toHaveLength(1);
  });

  test('failed invocations by all rules that invoke functions raise one alarm', () => {
    const hub = organization.template('credlock-hub');
    const [[, alarm] = []] = resourcesOf(hub, 'AWS::CloudWatch::Alarm').filter(
      ([, { Properties }]) => Properties['AlarmName'] === 'credlock-invocations-failed',
    );
    const watched = Array.from(
      JSON.stringify(alarm).matchAll(/"Name":"RuleName","Value":"([\w-]+)"/g),
      ([, name]) => name,
    );
    const invoking = resourcesOf(hub, 'AWS::Events::Rule')
      .filter(([, { Properties }]) => !JSON.stringify(Properties['Targets']).includes('"DeadLetterConfig"'))
      .map(([, { Properties }]) => Properties['Name']);
    expect(new Set(watched)).toEqual(new Set(invoking));
    expect(watched).toHaveLength(invoking.length);
  });

  test('the runbook has those sections, and is the one that findings link to', () => {
    const runbook = readFileSync(join(__dirname, '../../../docs/runbook.md'), 'utf8');
    const anchors = Array.from(runbook.matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const section of Object.values(RUNBOOK_SECTIONS)) expect(anchors).toContain(section);
    const [first] = alarms();
    expect(first?.AlarmDescription).toContain(`${DEFAULT_SETTINGS.runbookUrl}#`);
  });

  test('every metric of ours that an alarm waits for is one its handler emits', () => {
    const emitted = new Map(
      (Object.keys(HANDLERS) as DeployedHandler[]).map((handler) => [
        handler as string,
        metricsEmittedBy(HANDLERS[handler].folder),
      ]),
    );
    const ours = alarms()
      .flatMap(metrics)
      .filter(({ Namespace }) => Namespace === METRIC_NAMESPACE);
    expect(ours.length).toBeGreaterThan(10);
    for (const { MetricName = '', Dimensions = [] } of ours) {
      // What is counted by something has that as a second dimension.
      expect(Dimensions.map(({ Name }) => Name).toSorted()).toEqual(
        MetricName === METRICS.watchRounds ? ['service', 'task'] : ['service'],
      );
      const service = Dimensions.find(({ Name }) => Name === 'service')?.Value;
      expect([...(emitted.get(String(service)) ?? [])]).toContain(MetricName);
      expect(Object.values<string>(METRICS)).toContain(MetricName);
    }
  });

  test('every queue of dead letters, every handler and every way to stop receiving events has its alarm', () => {
    const names = alarms().map(({ AlarmName }) => AlarmName.replace('credlock-', ''));
    expect(names).toEqual(
      expect.arrayContaining([
        ...['observe', 'delayed', 'publishing', 'watch', 'verify', 'observe-kubernetes'].flatMap((queue) => [
          `${queue}-dead`,
          `${queue}-waiting`,
        ]),
        ...Object.values(HANDLERS).flatMap(({ folder }) => [`${folder}-errors`, `${folder}-throttles`]),
        'undelivered',
        'quarantine',
        'lag',
        'publishing-failed',
        'settings-rejected',
        'ip-ranges-stale',
        'no-events',
        'canaries-missing',
        'questions-unanswered',
        'kinds-without-events',
        'canaries-refused',
        'rules-missing',
        'rules-unchecked',
        'invocations-failed',
        'tampering',
        'rounds-canary',
        'rounds-check',
      ]),
    );
    const dead = resourcesOf(whole.template('credlock-hub'), 'AWS::SQS::Queue').filter(([, { Properties }]) =>
      String(Properties['QueueName']).endsWith('-dead'),
    );
    expect(dead).toHaveLength(names.filter((name) => name.endsWith('-dead')).length);
  });

  test('of a handler that is called once a day, one failure is told', () => {
    const errors = (handler: string) =>
      resourcesOf(organization.template('credlock-hub'), 'AWS::CloudWatch::Alarm')
        .filter(([, { Properties }]) => Properties['AlarmName'] === `credlock-${handler}-errors`)
        .map(
          ([
            ,
            {
              Properties: { Period, Threshold, DatapointsToAlarm },
            },
          ]) => [Period, Threshold, DatapointsToAlarm],
        );
    expect(errors('rejudge')).toEqual([[3600, 1, 1]]);
    expect(errors('observe')).toEqual([[300, 1, 2]]);
  });

  test('the dashboard shows metrics of ours that handlers emit, and all alarms', () => {
    const [[, dashboard] = []] = resourcesOf(whole.template('credlock-hub'), 'AWS::CloudWatch::Dashboard');
    const body = JSON.stringify(dashboard?.Properties['DashboardBody']);
    const shown = [...body.matchAll(/\\"credlock\\",\\"(\w+)\\",\\"service\\",\\"(\w+)\\"/g)];
    expect(shown.length).toBeGreaterThan(15);
    for (const [, metric = '', handler = ''] of shown)
      expect([...metricsEmittedBy(HANDLERS[handler as DeployedHandler].folder)]).toContain(metric);
    expect(new Set(Array.from(body.matchAll(/HubAlarms\w+/g), ([id]) => id)).size).toBe(alarms().length);
  });
});

describe('the trail', () => {
  test('another account’s bucket announces log files on the hub bus, and the statement its policy needs is printed', () => {
    expect(trail.said).toContain('"Sid":"CredlockReads"');
    expect(trail.template('credlock-trail').Outputs?.['BucketPolicyStatement']?.Value).toContain(
      'arn:aws:s3:::example-org-trail/AWSLogs/*',
    );
    const rules = Template.fromJSON({ ...trail.template('credlock-trail') });
    rules.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        detail: {
          bucket: { name: ['example-org-trail'] },
          object: { key: [{ wildcard: 'AWSLogs/*/CloudTrail/*' }] },
        },
      },
      Targets: [{ Arn: 'arn:aws:events:eu-west-1:111122223333:event-bus/credlock-hub' }],
    });
    Template.fromJSON({ ...trail.template('credlock-hub') }).hasResourceProperties('AWS::Events::Rule', {
      Name: 'credlock-trail',
      EventPattern: { account: ['444455556666'] },
      EventBusName: Match.anyValue(),
    });
  });

  test('no event is observed beside the log files, but tampering is', () => {
    expect(ruleNames(trail.template('credlock-hub'))).not.toContain('credlock-ec2-instance');
    expect(ruleNames(trail.template('credlock-hub'))).toContain('credlock-tampering');
  });

  test('the handler may read log files of that trail, and nothing else in the bucket', () => {
    const reads = statementsOf(trail.template('credlock-hub')).filter(({ statement }) =>
      JSON.stringify(statement.Resource).includes('example-org-trail'),
    );
    expect(reads.map(({ statement }) => statement.Action)).toEqual(['s3:GetObject']);
    expect(reads.flatMap(({ statement }) => all(statement.Resource)).filter((one) => typeof one === 'string')).toEqual([
      'arn:aws:s3:::example-org-trail/AWSLogs/*',
    ]);
  });
});

test('the stacks are as they were', () => {
  // A line a resource: assets change with every edit of a handler, so their hashes are left out.
  const lines = ({ Resources, Outputs = {}, Conditions = {} }: StackTemplate): string[] =>
    [...Object.entries(Resources), ...Object.entries(Conditions), ...Object.entries(Outputs)].map(
      ([id, what]) => `${id} ${JSON.stringify(what).replaceAll(/[0-9a-f]{64}/g, 'ASSET')}`,
    );
  for (const name of ['credlock-hub', 'credlock-member'])
    expect(lines(organization.template(name)).join('\n')).toMatchSnapshot(name);
  expect(lines(trail.template('credlock-trail')).join('\n')).toMatchSnapshot('credlock-trail');
});

test('the commands of the README are those that are tested', () => {
  const readme = readFileSync(join(__dirname, '../../../README.md'), 'utf8').replaceAll(/ \\\n */g, ' ');
  const tested = [SINGLE, ORGANIZATION, TRAIL].map((context) => context.join(' '));
  const given = Array.from(readme.matchAll(/^npx cdk synth (.+)$/gm), ([, context = '']) =>
    context
      .split(/\s*-c /)
      .filter(Boolean)
      .join(' '),
  );
  expect(given).toHaveLength(tested.length);
  expect(given).toEqual(tested);
});
