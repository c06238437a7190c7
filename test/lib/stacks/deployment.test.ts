import { App } from 'aws-cdk-lib';
import type * as Lambda from 'aws-cdk-lib/aws-lambda';
import { Template } from 'aws-cdk-lib/assertions';
import { DEFAULT_SETTINGS, parseSettings } from '../../../lambda/detection/parse-settings';
import { ENV } from '../../../lambda/environment';
import { readContext } from '../../../lib/stacks/context';
import { deploy } from '../../../lib/stacks/deployment';
import { all, resourcesOf, statementsOf, type StackTemplate } from '../synthesis';

// The bundles are tested where the CLI synthesises; here nothing needs to be built.
jest.mock('../../../lib/hub/handler-code', () => {
  const { Code } = jest.requireActual<typeof Lambda>('aws-cdk-lib/aws-lambda');
  return { handlerCode: () => Code.fromInline('exports.handler = async () => {};') };
});

const READER = {
  names: Object.keys(DEFAULT_SETTINGS),
  faultsOf: (settings: unknown): readonly string[] => {
    const read = parseSettings(settings);
    return 'faults' in read ? [...read.faults] : [];
  },
};

const ORGANIZATION = {
  mode: 'organization',
  organizationId: 'o-exampleorgid',
  hubAccount: '111122223333',
  hubRegion: 'eu-west-1',
  regions: 'eu-west-1,us-east-1',
  targetOus: 'r-abcd',
};

/** The templates, by the stacks' ids, and what the stacks warn of. */
function deployed(context: Readonly<Record<string, unknown>>) {
  const app = new App({
    context: { '@aws-cdk/core:enablePartitionLiterals': true, '@aws-cdk/aws-iam:minimizePolicies': true },
  });
  const stacks = deploy(app, readContext(context, READER));
  const templates = new Map(
    stacks.map((stack) => [stack.node.id, Template.fromStack(stack).toJSON() as unknown as StackTemplate]),
  );
  const warnings = stacks.flatMap(({ node }) =>
    node.metadata.flatMap(({ type, data }) => (type === 'aws:cdk:warning' ? [String(data)] : [])),
  );
  return {
    names: [...templates.keys()],
    warnings,
    template: (name: string): StackTemplate => {
      const found = templates.get(name);
      if (!found) throw new Error(`no stack ${name}, only ${[...templates.keys()].join(', ')}`);
      return found;
    },
  };
}

function ruleNames(template: StackTemplate): unknown[] {
  return resourcesOf(template, 'AWS::Events::Rule').map(([, { Properties }]) => Properties['Name']);
}

describe('organisation', () => {
  test('has a hub, the management account’s stacks for each Region, and the member template to read', () => {
    const { names, warnings } = deployed(ORGANIZATION);
    expect(names).toEqual(['credlock-hub', 'credlock-management', 'credlock-management-us-east-1', 'credlock-member']);
    expect(warnings).toEqual([]);
  });

  test('one without the Region of global services is warned', () => {
    expect(deployed({ ...ORGANIZATION, regions: 'eu-west-1' }).warnings.join()).toContain('should include us-east-1');
    expect(
      deployed({ ...ORGANIZATION, hubRegion: 'us-gov-east-1', regions: 'us-gov-east-1' }).warnings.join(),
    ).toContain('should include us-gov-west-1');
  });

  test('a delegated administrator deploys the StackSet alone; the management account has stacks of its own', () => {
    const delegated = deployed({
      ...ORGANIZATION,
      stackSetCaller: 'delegated-admin',
      managementAccount: '777788889999',
    });
    const management = delegated.template('credlock-management');
    expect(Object.values(management.Resources).map(({ Type }) => Type)).toEqual(['AWS::CloudFormation::StackSet']);
    expect(JSON.stringify(management)).toContain('DELEGATED_ADMIN');
    for (const region of ['eu-west-1', 'us-east-1'])
      expect(ruleNames(delegated.template(`credlock-management-${region}`))).toContain('credlock-ec2-instance');
  });

  test('the verification role can be left out, and then nobody tries to assume it', () => {
    const without = deployed({ ...ORGANIZATION, verificationRole: 'false' });
    for (const name of without.names)
      expect(JSON.stringify(without.template(name))).not.toContain('credlock-verification');
    expect(without.template('credlock-hub').Outputs).not.toHaveProperty('VerificationRole');
  });

  test('where the hub’s Region has no members, the role is made in the first that has', () => {
    const elsewhere = deployed({ ...ORGANIZATION, regions: 'us-east-1,us-west-2' });
    expect(JSON.stringify(elsewhere.template('credlock-member').Conditions)).toContain('"us-east-1"');
  });

  test('operators that are named may assume the role too', () => {
    const operated = deployed({ ...ORGANIZATION, operatorRoles: 'admins/*,on-call' });
    const text = JSON.stringify(operated.template('credlock-member'));
    expect(text).toContain('arn:*:iam::111122223333:role/admins/*');
    expect(text).toContain('arn:*:iam::111122223333:role/on-call');
  });

  test('a customer’s key encrypts all that is kept', () => {
    const hub = deployed({ ...ORGANIZATION, customerKey: 'true' }).template('credlock-hub');
    const keyed: readonly (readonly [string, RegExp])[] = [
      ['AWS::DynamoDB::Table', /"KMSMasterKeyId"/],
      ['AWS::SQS::Queue', /"KmsMasterKeyId"/],
      ['AWS::S3::Bucket', /"KMSMasterKeyID"/],
      ['AWS::SNS::Topic', /"KmsMasterKeyId"/],
      ['AWS::Logs::LogGroup', /"KmsKeyId"/],
      ['AWS::KMS::Key', /"EnableKeyRotation":true/],
    ];
    for (const [type, key] of keyed) {
      const resources = resourcesOf(hub, type);
      expect(resources.length).toBeGreaterThan(0);
      for (const [, { Properties }] of resources) expect(JSON.stringify(Properties)).toMatch(key);
    }
    for (const handler of ['observe', 'watch'])
      expect(JSON.stringify(hub)).toMatch(new RegExp(`"${ENV.detectorKey}":.*"FunctionName":"credlock-${handler}"`));
    expect(JSON.stringify(resourcesOf(hub, 'AWS::Events::Rule'))).toContain('{"suffix":{"Ref":"HubKey');
    for (const { statement } of statementsOf(hub))
      for (const action of all(statement.Action)) expect(action).not.toContain('*');
  });

  test('without one, AWS’s own keys do', () => {
    const hub = deployed(ORGANIZATION).template('credlock-hub');
    expect(resourcesOf(hub, 'AWS::KMS::Key')).toEqual([]);
    for (const [, { Properties }] of resourcesOf(hub, 'AWS::SQS::Queue'))
      expect(Properties['SqsManagedSseEnabled']).toBe(true);
    for (const [, { Properties }] of resourcesOf(hub, 'AWS::DynamoDB::Table'))
      expect(Properties['SSESpecification']).toEqual({ SSEEnabled: true });
  });
});

describe('organisation: what watches it', () => {
  test('watch knows the Regions of the members, so that one without rules is found', () => {
    const hub = JSON.stringify(deployed(ORGANIZATION).template('credlock-hub'));
    expect(hub).toContain(`"${ENV.regions}":"eu-west-1,us-east-1"`);
    expect(JSON.stringify(deployed({ mode: 'single' }).template('credlock'))).not.toContain(ENV.regions);
  });

  test('the alarm on calls of the metadata service without a token is in every member, the StackSet’s too', () => {
    const { template } = deployed({ ...ORGANIZATION, metadataNoTokenAlarm: 'true' });
    for (const name of ['credlock-member', 'credlock-management', 'credlock-management-us-east-1'])
      expect(resourcesOf(template(name), 'AWS::CloudWatch::Alarm')).toHaveLength(1);
    const [[, stackSet] = []] = resourcesOf(template('credlock-management'), 'AWS::CloudFormation::StackSet');
    expect(JSON.parse(String(stackSet?.Properties['TemplateBody']))).toEqual(template('credlock-member'));
  });

  test('guardrails need not say again which organisation it is', () => {
    const { template } = deployed({ ...ORGANIZATION, guardrails: '{"protect-credlock":true}' });
    const policies = resourcesOf(template('credlock-management'), 'AWS::Organizations::Policy');
    expect(policies.map(([, { Properties }]) => String(Properties['Type'])).toSorted()).toEqual([
      'RESOURCE_CONTROL_POLICY',
      'SERVICE_CONTROL_POLICY',
    ]);
    expect(JSON.stringify(policies)).toContain('o-exampleorgid');
  });
});

describe('single account', () => {
  test('the alarm on calls of the metadata service without a token is in the hub, as there is no member', () => {
    const { template } = deployed({ mode: 'single', metadataNoTokenAlarm: 'true' });
    expect(JSON.stringify(template('credlock'))).toContain('"credlock-metadata-no-token"');
    expect(JSON.stringify(deployed({ mode: 'single' }).template('credlock'))).not.toContain('metadata-no-token');
  });

  test('other Regions have members of their own, without a verification role', () => {
    const two = deployed({ mode: 'single', hubRegion: 'eu-west-1', regions: 'eu-west-1,eu-west-3' });
    expect(two.names).toEqual(['credlock', 'credlock-member-eu-west-3']);
    const member = two.template('credlock-member-eu-west-3');
    expect(ruleNames(member)).toContain('credlock-ec2-instance');
    expect(member).not.toHaveProperty('Conditions');
    expect(JSON.stringify(member)).not.toContain('credlock-verification');
    expect(two.template('credlock').Outputs?.['Regions']?.Value).toBe('eu-west-1,eu-west-3');
  });

  test('forwardAll, and a kind without a rule, in every place at once', () => {
    const workloads = 'ec2-instance,ecs-task,eks-pod,lambda-function,service-session';
    const everything = deployed({ mode: 'single', forwardAll: 'true', workloads }).template('credlock');
    expect(everything.Outputs?.['Workloads']?.Value).toBe(workloads);
    expect(JSON.stringify(everything.Outputs?.['NotCovered'])).not.toContain('IRSA');
    expect(ruleNames(everything)).toContain('credlock-all');
    expect(ruleNames(everything)).not.toContain('credlock-ec2-instance');
  });

  test('a kind without a rule is not said to be covered', () => {
    const { Outputs } = deployed({ mode: 'single', workloads: 'ec2-instance,service-session' }).template('credlock');
    expect(Outputs?.['Workloads']?.Value).toBe('ec2-instance');
    expect(JSON.stringify(Outputs?.['NotCovered'])).toContain('service-session: all calls');
  });

  test('settings become the first document, under their own names; findingsMode is the setting mode', () => {
    const given = { trustedNetworks: '[{"cidr":"198.51.100.0/24"}]', findingsMode: 'report', holdMinutes: '2' };
    const { template } = deployed({ mode: 'single', ...given });
    const [put = ''] = resourcesOf(template('credlock'), 'Custom::AWS').map(([, { Properties }]) =>
      JSON.stringify(Properties['Create']).replaceAll(/\\+n? */g, ''),
    );
    expect(put).toContain('{"trustedNetworks": [{"cidr": "198.51.100.0/24"}],"holdMinutes": 2,"mode": "report"}');
  });

  test('the runbook is the one that the settings name', () => {
    const own = deployed({ mode: 'single', runbookUrl: 'https://wiki.example.com/credlock#top' });
    for (const [, alarm] of resourcesOf(own.template('credlock'), 'AWS::CloudWatch::Alarm'))
      expect(alarm.Properties['AlarmDescription']).toMatch(/ https:\/\/wiki\.example\.com\/credlock#alarm-\S+$/);
  });

  test('people are told by mail where they are named, and findings put on the bus that is', () => {
    const findingsBusArn = 'arn:aws:events:eu-west-1:111122223333:event-bus/security';
    const { template } = deployed({
      mode: 'single',
      findingsEmail: 'findings@example.com',
      alarmsEmail: 'alarms@example.com',
      findingsBusArn,
    });
    expect(
      resourcesOf(template('credlock'), 'AWS::SNS::Subscription').map(([, { Properties }]) => Properties['Endpoint']),
    ).toEqual(['findings@example.com', 'alarms@example.com']);
    expect(template('credlock').Outputs?.['FindingsBus']?.Value).toBe(findingsBusArn);
    const puts = statementsOf(template('credlock')).filter(({ statement }) => statement.Action === 'events:PutEvents');
    expect(puts.map(({ statement }) => statement.Resource)).toEqual([findingsBusArn]);
    expect(JSON.stringify(template('credlock'))).toContain(`"${ENV.findingsBus}":"${findingsBusArn}"`);
  });
});

describe('trail', () => {
  test('an own bucket announces its files to the queue itself, and needs no policy', () => {
    const own = deployed({ mode: 'trail', trailBucketArn: 'arn:aws:s3:::own-trail' });
    expect(own.names).toEqual(['credlock-hub', 'credlock-trail']);
    const [[, rule] = []] = resourcesOf(own.template('credlock-trail'), 'AWS::Events::Rule');
    expect(JSON.stringify(rule?.Properties['Targets'])).toContain(':credlock-observe"');
    expect(resourcesOf(own.template('credlock-trail'), 'AWS::IAM::Role')).toEqual([]);
    expect(own.template('credlock-trail').Outputs).not.toHaveProperty('BucketPolicyStatement');
  });

  test('a prefix and a key are taken into account wherever the bucket is spoken of', () => {
    const keyArn = 'arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const { template } = deployed({
      mode: 'trail',
      hubAccount: '111122223333',
      hubRegion: 'eu-west-1',
      trailBucketArn: 'arn:aws:s3:::org-trail',
      trailBucketOwner: '444455556666',
      trailPrefix: 'logs/',
      trailKeyArn: keyArn,
      operatorRoles: 'admins/*',
    });
    expect(JSON.stringify(template('credlock-hub'))).toContain(`"${ENV.trailPrefix}":"logs/"`);
    const reads = statementsOf(template('credlock-hub')).filter(({ of }) => of.includes('observe'));
    expect(JSON.stringify(reads)).toContain('arn:aws:s3:::org-trail/logs/AWSLogs/*');
    expect(
      reads.filter(({ statement }) => statement.Action === 'kms:Decrypt').map(({ statement }) => statement.Resource),
    ).toEqual([keyArn]);
    const { Outputs } = template('credlock-trail');
    expect(JSON.stringify(Outputs?.['BucketPolicyStatement'])).toContain('org-trail/logs/AWSLogs/*');
    expect(JSON.stringify(Outputs?.['KeyPolicyStatement'])).toContain('kms:Decrypt');
    expect(JSON.stringify(Outputs?.['BucketListStatement'])).toContain('arn:*:iam::111122223333:role/admins/*');
    expect(Outputs?.['EventBridgeSwitch']?.Value).toMatch(
      /^aws s3api put-bucket-notification-configuration --bucket org-trail /,
    );
    expect(JSON.stringify(template('credlock-trail'))).toContain('logs/AWSLogs/*/CloudTrail/*');
  });

  test('beside events a trail is only read by name: nothing announces its files', () => {
    const both = deployed({
      ...ORGANIZATION,
      trailBucketArn: 'arn:aws:s3:::org-trail',
      trailBucketOwner: '444455556666',
    });
    expect(both.names).not.toContain('credlock-trail');
    expect(ruleNames(both.template('credlock-hub'))).not.toContain('credlock-trail');
    expect(JSON.stringify(both.template('credlock-hub'))).toContain('arn:aws:s3:::org-trail/AWSLogs/*');
  });
});
