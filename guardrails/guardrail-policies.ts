import { FEEDING, OWN_PREFIX, PROTECTED, type GuardrailName } from '../lambda/detection/guardrails/guardrail';
import type { GuardrailSettings } from './guardrail-settings';
import { exempting, ownNetwork, type PolicyInput, type Statement } from './statements';

/** Policy types of AWS Organizations. */
export type PolicyType = 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY' | 'DECLARATIVE_POLICY_EC2';

/** Maximum number of characters without white space (Organizations user guide, "Quotas"). */
export const POLICY_LIMITS: Readonly<Record<PolicyType, number>> = {
  SERVICE_CONTROL_POLICY: 5_120,
  RESOURCE_CONTROL_POLICY: 5_120,
  DECLARATIVE_POLICY_EC2: 10_000,
};

/** One statement, or one attribute of a declarative policy, and where AWS documents it. */
export interface Explained {
  readonly sid: string;
  readonly says: string;
  readonly source: string;
}

/** A policy of AWS Organizations, ready to be created. */
export interface GuardrailPolicy {
  readonly guardrail: GuardrailName;
  readonly type: PolicyType;
  /** Unique: `credlock-own-vpc-only`. */
  readonly name: string;
  /** At most 512 characters. */
  readonly description: string;
  readonly content: object;
  readonly explained: readonly Explained[];
  readonly attachTo: readonly string[];
}

const EC2_EXAMPLES =
  'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-instance-metadata';
const NEW_INSTANCES = 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html';
const CONDITION_KEYS = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html';
const SCPS = 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html';
const LAMBDA_KEYS = 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html';
const RCPS = 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html';
const DECLARATIVE =
  'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_declarative_syntax.html';

/**
 * The policies of the enabled guardrails. Throws an `Error`, naming the guardrail, if one is longer than AWS Organizations
 * accepts.
 *
 * @param partition `aws`, `aws-cn` or `aws-us-gov`. @default aws
 */
export function guardrailPolicies(settings: GuardrailSettings, partition = 'aws'): GuardrailPolicy[] {
  return [...settings.guardrails].flatMap(([guardrail, choice]) =>
    POLICIES[guardrail]({ guardrail, choice, settings, partition }).map(withinLimit),
  );
}

const POLICIES: Readonly<Record<GuardrailName, (input: PolicyInput) => GuardrailPolicy[]>> = {
  'protect-credlock': protectCredlock,
  'imds-defaults': imdsDefaults,
  'launch-requires-imdsv2': launchRequiresImdsV2,
  'modify-requires-imdsv2': modifyRequiresImdsV2,
  'deny-imdsv1-keys': denyImdsV1Keys,
  'own-vpc-only': ownVpcOnly,
  'own-address-only': ownAddressOnly,
};

function protectCredlock(input: PolicyInput): GuardrailPolicy[] {
  const { settings, partition } = input;
  const keep: Statement = {
    Sid: 'KeepCredlock',
    Effect: 'Deny',
    Action: PROTECTED.flatMap(({ service, actions }) => actions.map((action) => `${service}:${action}`)),
    Resource: PROTECTED.flatMap(({ resources }) => resources.map((resource) => `arn:${partition}:${resource}`)),
    Condition: exempting(input),
  };
  const feed: Statement = {
    Sid: 'KeepCredlockFed',
    Effect: 'Deny',
    Action: FEEDING.map((action) => `lambda:${action}`),
    Resource: '*',
    Condition: {
      ArnLike: { 'lambda:FunctionArn': `arn:${partition}:lambda:*:*:function:${OWN_PREFIX}*` },
      ...exempting(input),
    },
  };
  const control = serviceControl(input, 'Only its deployers stop, change or delete credlock’s resources.', [
    [keep, 'Only exempt roles change resources whose name begins with credlock.', SCPS],
    [feed, 'Only exempt roles disconnect credlock’s functions from their queues.', LAMBDA_KEYS],
  ]);
  if (settings.organizationId === null) return [control];
  const own: Statement = {
    Sid: 'OnlyOurOrganization',
    Effect: 'Deny',
    Principal: '*',
    Action: ['s3:*', 'sqs:*', 'dynamodb:*'],
    Resource: [
      `arn:${partition}:s3:::${OWN_PREFIX}*`,
      `arn:${partition}:sqs:*:*:${OWN_PREFIX}*`,
      `arn:${partition}:dynamodb:*:*:table/${OWN_PREFIX}*`,
    ],
    Condition: {
      StringNotEqualsIfExists: { 'aws:PrincipalOrgID': settings.organizationId },
      BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
    },
  };
  const says = 'Only principals of the organisation, and AWS’s services, reach credlock’s buckets, queues and table.';
  return [
    control,
    {
      ...policy(input, 'RESOURCE_CONTROL_POLICY', says, [[own, says, RCPS]]),
      name: `${nameOf(input.guardrail)}-resources`,
    },
  ];
}

function imdsDefaults(input: PolicyInput): GuardrailPolicy[] {
  const loosen = (sid: string, attribute: string, kept: string): Statement => ({
    Sid: sid,
    Effect: 'Deny',
    Action: 'ec2:ModifyInstanceMetadataDefaults',
    Resource: '*',
    Condition: {
      StringNotEquals: { [attribute]: kept },
      Null: { [attribute]: 'false' },
      ...exempting(input),
    },
  });
  const control = serviceControl(input, 'The account’s default for new instances stays at IMDSv2.', [
    [
      loosen('KeepTokensRequired', 'ec2:Attribute/HttpTokens', 'required'),
      'The account’s default is set to nothing but IMDSv2.',
      NEW_INSTANCES,
    ],
    [
      loosen('KeepTokensEnforced', 'ec2:Attribute/HttpTokensEnforced', 'enabled'),
      'The account’s enforcement of IMDSv2 stays on.',
      NEW_INSTANCES,
    ],
  ]);
  const says = 'New instances require IMDSv2 unless their launch says otherwise, in every account and Region.';
  const declared: GuardrailPolicy = {
    guardrail: input.guardrail,
    type: 'DECLARATIVE_POLICY_EC2',
    name: `${nameOf(input.guardrail)}-declared`,
    description: says,
    content: {
      ec2_attributes: {
        instance_metadata_defaults: {
          http_tokens: { '@@assign': 'required' },
          http_put_response_hop_limit: { '@@assign': String(input.settings.hopLimit) },
          http_endpoint: { '@@assign': 'no_preference' },
          instance_metadata_tags: { '@@assign': 'no_preference' },
        },
      },
    },
    explained: [{ sid: 'instance_metadata_defaults', says, source: DECLARATIVE }],
    attachTo: input.choice.attachTo,
  };
  return [control, declared];
}

function launchRequiresImdsV2(input: PolicyInput): GuardrailPolicy[] {
  const statement: Statement = {
    Sid: 'LaunchRequiresImdsV2',
    Effect: 'Deny',
    Action: 'ec2:RunInstances',
    Resource: `arn:${input.partition}:ec2:*:*:instance/*`,
    Condition: { StringNotEquals: { 'ec2:MetadataHttpTokens': 'required' }, ...exempting(input) },
  };
  const says = 'Instances are launched only if the request or its launch template requires IMDSv2.';
  return [serviceControl(input, says, [[statement, says, EC2_EXAMPLES]])];
}

function modifyRequiresImdsV2(input: PolicyInput): GuardrailPolicy[] {
  const statement: Statement = {
    Sid: 'NoWayBackToImdsV1',
    Effect: 'Deny',
    Action: 'ec2:ModifyInstanceMetadataOptions',
    Resource: `arn:${input.partition}:ec2:*:*:instance/*`,
    Condition: {
      StringNotEquals: { 'ec2:Attribute/HttpTokens': 'required' },
      Null: { 'ec2:Attribute/HttpTokens': 'false' },
      ...exempting(input),
    },
  };
  const says = 'IMDSv1 is not allowed on an instance again; other metadata options can change.';
  return [serviceControl(input, says, [[statement, says, EC2_EXAMPLES]])];
}

function denyImdsV1Keys(input: PolicyInput): GuardrailPolicy[] {
  const statement: Statement = {
    Sid: 'NoKeysFromImdsV1',
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { NumericLessThan: { 'ec2:RoleDelivery': '2.0' }, ...exempting(input) },
  };
  const says = 'Credentials delivered by IMDSv1 are denied everything; other callers do not have this condition key.';
  return [serviceControl(input, says, [[statement, says, `${CONDITION_KEYS}#condition-keys-ec2-role-delivery`]])];
}

function ownVpcOnly(input: PolicyInput): GuardrailPolicy[] {
  const says = 'Instance credentials work only through an endpoint in the VPC they were delivered to.';
  const statement = ownNetwork(input, 'OwnVpcOnly', { 'aws:SourceVpc': '${aws:Ec2InstanceSourceVpc}' });
  return [serviceControl(input, says, [[statement, says, `${CONDITION_KEYS}#condition-keys-ec2instancesourcevpc`]])];
}

function ownAddressOnly(input: PolicyInput): GuardrailPolicy[] {
  const says =
    'Instance credentials work only from the private address they were delivered to; addresses repeat, so use it with own-vpc-only.';
  const statement = ownNetwork(input, 'OwnAddressOnly', {
    'aws:Ec2InstanceSourcePrivateIPv4': '${aws:VpcSourceIp}',
  });
  const source = `${CONDITION_KEYS}#condition-keys-ec2instancesourceprivateip4`;
  return [serviceControl(input, says, [[statement, says, source]])];
}

type Line = readonly [statement: Statement, says: string, source: string];

function serviceControl(input: PolicyInput, says: string, lines: readonly Line[]): GuardrailPolicy {
  return policy(input, 'SERVICE_CONTROL_POLICY', says, lines);
}

function policy(
  { guardrail, choice }: PolicyInput,
  type: PolicyType,
  says: string,
  lines: readonly Line[],
): GuardrailPolicy {
  return {
    guardrail,
    type,
    name: nameOf(guardrail),
    description: says,
    content: { Version: '2012-10-17', Statement: lines.map(([statement]) => statement) },
    explained: lines.map(([{ Sid: sid }, line, source]) => ({ sid, says: line, source })),
    attachTo: choice.attachTo,
  };
}

function nameOf(guardrail: GuardrailName): string {
  return `${OWN_PREFIX}-${guardrail}`;
}

function withinLimit(policyOf: GuardrailPolicy): GuardrailPolicy {
  const { guardrail, type, content } = policyOf;
  const size = JSON.stringify(content).length;
  const limit = POLICY_LIMITS[type];
  if (size <= limit) return policyOf;
  throw new Error(
    `guardrail ${guardrail}: its ${type} has ${size} characters, AWS Organizations accepts ${limit}: use fewer exemptRoles and exemptServices, or use patterns`,
  );
}
