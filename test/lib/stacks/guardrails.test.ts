import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { parseGuardrailSettings } from '../../../guardrails/guardrail-settings';
import { Guardrails } from '../../../lib/stacks/guardrails';
import { MetadataNoTokenAlarm } from '../../../lib/member/metadata-no-token-alarm';
import { GRAMMARS } from '../../guardrails/policy-grammar';
import { valueOf } from '../../../lambda/detection/model/result';

const ON = {
  'protect-credlock': true,
  'imds-defaults': { attachTo: ['ou-ab12-cdefgh34'] },
  'deny-imdsv1-keys': { attachTo: ['111122223333'], exemptRoles: ['break-glass'] },
  organizationId: 'o-a1b2c3d4e5',
};

interface PolicyResource {
  readonly Properties: {
    readonly Type: keyof typeof GRAMMARS;
    readonly Name: string;
    readonly Content: unknown;
    readonly TargetIds?: string[];
  };
  readonly DependsOn?: string[];
}

function policiesOf(given: object): PolicyResource[] {
  const settings = valueOf(parseGuardrailSettings(given));
  const stack = new Stack(new App(), 'Management');
  const { policies } = new Guardrails(stack, 'Guardrails', { settings });
  if (policies.length === 0) return [];
  return Object.values(Template.fromStack(stack).findResources('AWS::Organizations::Policy')) as PolicyResource[];
}

describe('guardrails deployed', () => {
  test('are the policies that are on, attached to what the settings say and to nothing else', () => {
    expect(policiesOf(ON).map(({ Properties: { Name, Type, TargetIds } }) => [Name, Type, TargetIds])).toEqual([
      ['credlock-protect-credlock', 'SERVICE_CONTROL_POLICY', undefined],
      ['credlock-protect-credlock-resources', 'RESOURCE_CONTROL_POLICY', undefined],
      ['credlock-imds-defaults', 'SERVICE_CONTROL_POLICY', ['ou-ab12-cdefgh34']],
      ['credlock-imds-defaults-declared', 'DECLARATIVE_POLICY_EC2', ['ou-ab12-cdefgh34']],
      ['credlock-deny-imdsv1-keys', 'SERVICE_CONTROL_POLICY', ['111122223333']],
    ]);
    expect(policiesOf({})).toEqual([]);
  });

  test('keep to the grammar in the template, with nothing left to be resolved', () => {
    for (const { Properties } of policiesOf(ON))
      expect(GRAMMARS[Properties.Type].safeParse(Properties.Content).success).toBe(true);
  });

  test('are made one after the other', () => {
    const policies = policiesOf(ON);
    expect(policies.map(({ DependsOn = [] }) => DependsOn.length)).toEqual([0, 1, 1, 1, 1]);
  });
});

describe('the alarm on MetadataNoToken', () => {
  function alarmOf(props: ConstructorParameters<typeof MetadataNoTokenAlarm>[2]): Record<string, unknown> {
    const stack = new Stack(new App(), 'Member');
    const { node } = new MetadataNoTokenAlarm(stack, 'MetadataNoToken', props);
    expect(node.children).toHaveLength(1);
    const [alarm] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
    return (alarm as { Properties: Record<string, unknown> }).Properties;
  }

  test('asks for all instances of the account and Region, and is calm where there are none', () => {
    expect(alarmOf({})).toMatchObject({
      AlarmName: 'credlock-metadata-no-token',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      TreatMissingData: 'notBreaching',
      Metrics: [{ Expression: 'SELECT SUM(MetadataNoToken) FROM SCHEMA("AWS/EC2", InstanceId)', ReturnData: true }],
    });
    expect(alarmOf({})).not.toHaveProperty('AlarmActions');
  });

  test('tells whom it shall', () => {
    const topic = 'arn:aws:sns:eu-west-1:111122223333:security';
    expect(alarmOf({ actionArns: [topic], accepted: 10 })).toMatchObject({
      AlarmActions: [topic],
      OKActions: [topic],
      Threshold: 10,
    });
  });
});
