import { ALL_GUARDRAILS, checkedGuardrails } from '../../../../guardrails/guardrail-settings';
import type { GuardrailName } from '../../../../lambda/detection/guardrails/guardrail';
import { TrafficCheck } from '../../../../lambda/detection/guardrails/traffic-check';
import { call, HOME_ADDRESS } from '../../records';

type Fields = Readonly<Record<string, unknown>>;

const VPC = 'vpc-0a11ce00000000001';
const ENDPOINT = 'vpce-0a11ce00000000001';
const INSTANCE = 'i-0a11ce00000000001';

function made(action: string, request: Fields = {}, response: Fields | null = null): Fields {
  const [service = '', name = ''] = action.split(':');
  return {
    ...call('10:00', HOME_ADDRESS, { source: `${service}.amazonaws.com`, name }),
    requestParameters: request,
    responseElements: response,
  };
}

/** What a guardrail would deny: `certain: why / fix`. */
function denied(guardrail: GuardrailName, records: readonly Fields[]): string[] {
  const check = new TrafficCheck(checkedGuardrails(ALL_GUARDRAILS, [guardrail]));
  for (const record of records) check.read(record);
  return check
    .breakages(() => false)
    .map(({ certainty, why, fix }) => `${certainty}: ${why.join(' ')} / ${fix.join(' ')}`);
}

const LAUNCH_FIX =
  'Set MetadataOptions.HttpTokens to "required" in the request or in the launch template that it names.';
const asked = (httpTokens: string): Fields => ({ metadataOptions: { httpTokens } });
const got = (httpTokens: string): Fields => ({
  instancesSet: { items: [{ instanceId: INSTANCE, metadataOptions: { httpTokens } }] },
});
const IN_TEMPLATE =
  'unknown: The record does not show the values in the launch template, the image and the account’s default.';

describe('a launch is denied', () => {
  test.each<[string, Fields, string | null]>([
    [
      'that asks for IMDSv1',
      made('ec2:RunInstances', asked('optional')),
      'certain: The request asks for HttpTokens "optional".',
    ],
    [
      'that got IMDSv1',
      made('ec2:RunInstances', {}, got('optional')),
      'certain: The instance was launched with IMDSv1 allowed.',
    ],
    [
      'that got IMDSv1 by a template',
      made('ec2:RunInstances', { launchTemplate: { launchTemplateId: 'lt-1' } }, got('optional')),
      'certain: The instance was launched with IMDSv1 allowed.',
    ],
    ['perhaps, of a template', made('ec2:RunInstances', { launchTemplate: { launchTemplateId: 'lt-1' } }), IN_TEMPLATE],
    [
      'perhaps, of a template by name',
      made('ec2:RunInstances', { launchTemplate: { launchTemplateName: 'web' } }),
      IN_TEMPLATE,
    ],
    [
      'that got IMDSv2 without asking',
      made('ec2:RunInstances', {}, got('required')),
      'likely: The instance requires IMDSv2 by its image or the account’s default; the request itself does not.',
    ],
    ['that asks for nothing', made('ec2:RunInstances'), 'likely: The request does not ask for IMDSv2.'],
    ['not, that asks for IMDSv2', made('ec2:RunInstances', asked('required'), got('required')), null],
    ['not, of another service', made('gamelift:RunInstances', asked('optional')), null],
    ['not, of another action', made('ec2:RequestSpotInstances', asked('optional')), null],
  ])('%s', (_, record, why) => {
    expect(denied('launch-requires-imdsv2', [record])).toEqual(why === null ? [] : [`${why} / ${LAUNCH_FIX}`]);
  });
});

describe('a change of the metadata service is denied', () => {
  const OF_INSTANCE =
    'Find out what on the instance still needs IMDSv1, and update it; then leave HttpTokens at "required".';
  const OF_ACCOUNT =
    'Keep the account’s default at "required", and exempt the role that manages it if it must be free to change it.';
  const modify = (request: Fields): Fields => made('ec2:ModifyInstanceMetadataOptions', request);
  const defaults = (request: Fields): Fields => made('ec2:ModifyInstanceMetadataDefaults', request);

  test.each<[GuardrailName, string, Fields, string | null]>([
    [
      'modify-requires-imdsv2',
      'of an instance',
      modify({ httpTokens: 'optional' }),
      `The call sets HttpTokens to "optional". / ${OF_INSTANCE}`,
    ],
    ['modify-requires-imdsv2', 'not, to IMDSv2', modify({ httpTokens: 'required' }), null],
    ['modify-requires-imdsv2', 'not, of the hop limit', modify({ httpPutResponseHopLimit: 2 }), null],
    [
      'modify-requires-imdsv2',
      'not, of another service',
      made('ssm:ModifyInstanceMetadataOptions', { httpTokens: 'optional' }),
      null,
    ],
    ['modify-requires-imdsv2', 'not, of the default', defaults({ httpTokens: 'optional' }), null],
    [
      'imds-defaults',
      'of the default',
      defaults({ httpTokens: 'optional' }),
      `The call sets the account’s HttpTokens to "optional". / ${OF_ACCOUNT}`,
    ],
    [
      'imds-defaults',
      'of its enforcement',
      defaults({ httpTokens: 'required', httpTokensEnforced: 'disabled' }),
      `The call sets the account’s HttpTokensEnforced to "disabled". / ${OF_ACCOUNT}`,
    ],
    [
      'imds-defaults',
      'of both',
      defaults({ httpTokens: 'no-preference', httpTokensEnforced: 'disabled' }),
      `The call sets the account’s HttpTokens to "no-preference" and HttpTokensEnforced to "disabled". / ${OF_ACCOUNT}`,
    ],
    ['imds-defaults', 'not, to IMDSv2', defaults({ httpTokens: 'required', httpTokensEnforced: 'enabled' }), null],
    ['imds-defaults', 'not, of the hop limit', defaults({ httpPutResponseHopLimit: 2 }), null],
    [
      'imds-defaults',
      'not, of another service',
      made('ssm:ModifyInstanceMetadataDefaults', { httpTokens: 'optional' }),
      null,
    ],
  ])('%s: %s', (guardrail, _, record, expected) => {
    expect(denied(guardrail, [record])).toEqual(expected === null ? [] : [`certain: ${expected}`]);
  });
});

describe('keys of IMDSv1 are denied', () => {
  const FIX =
    'Update what calls (see its user agents) so that it gets its keys by IMDSv2, then require IMDSv2 on the instance.';
  const by = (delivery: string | null, identity: Fields = {}): Fields => {
    const record = call('10:00', HOME_ADDRESS);
    const { sessionContext, ...rest } = record['userIdentity'] as { sessionContext: object };
    return {
      ...record,
      userIdentity: { ...rest, ...identity, sessionContext: { ...sessionContext, ec2RoleDelivery: delivery } },
    };
  };

  test.each<[string, Fields, string | null]>([
    ['where they call', by('1.0'), 'The keys were got by IMDSv1 (ec2RoleDelivery 1.0).'],
    [
      'where a service calls with them',
      by('1.0', { invokedBy: 'athena.amazonaws.com' }),
      'A service called on behalf of keys that were got by IMDSv1: the call that made it do so would be denied already.',
    ],
    ['and not those of IMDSv2', by('2.0'), null],
    ['nor others', by(null), null],
  ])('%s', (_, record, why) => {
    expect(denied('deny-imdsv1-keys', [record])).toEqual(why === null ? [] : [`certain: ${why} / ${FIX}`]);
  });
});

describe('changes of credlock’s own resources are denied', () => {
  const FIX = 'Exempt the role if it is the one that deploys credlock; other roles need no exemption.';
  const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/credlock-observe';

  test.each<[string, Fields, string | null]>([
    [
      'a function, by the version of the API',
      made('lambda:DeleteFunction20150331', { functionName: 'credlock-observe' }),
      'credlock-observe',
    ],
    [
      'a function, by a later version',
      made('lambda:UpdateFunctionCode20150331v2', { functionName: 'credlock-observe' }),
      'credlock-observe',
    ],
    [
      'a function, by its ARN',
      made('lambda:DeleteFunction', {
        functionName: 'arn:aws:lambda:eu-west-1:111122223333:function:credlock-observe',
      }),
      'credlock-observe',
    ],
    ['a queue', made('sqs:PurgeQueue', { queueUrl }), 'credlock-observe'],
    [
      'a bucket’s lifecycle, by its old name',
      made('s3:PutBucketLifecycle', { bucketName: 'credlock-config' }),
      'credlock-config',
    ],
    [
      'a bucket’s lifecycle',
      made('s3:PutBucketLifecycleConfiguration', { bucketName: 'credlock-config' }),
      'credlock-config',
    ],
    [
      'a mapping, by the function in the response',
      made(
        'lambda:DeleteEventSourceMapping20150331',
        { uUID: 'x' },
        { functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:credlock-observe' },
      ),
      'credlock-observe',
    ],
    [
      'a name of 80 characters',
      made('sqs:PurgeQueue', { queueUrl: `credlock-${'x'.repeat(71)}` }),
      `credlock-${'x'.repeat(71)}`,
    ],
    [
      'a longer name',
      made('sqs:PurgeQueue', { queueUrl: `credlock-${'x'.repeat(72)}` }),
      `credlock-${'x'.repeat(70)}…`,
    ],
    [
      'not those of others',
      made('sqs:PurgeQueue', { queueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/orders' }),
      null,
    ],
    ['not what has another name in a response', made('sqs:PurgeQueue', { queueUrl: 'orders' }, { queueUrl }), null],
    ['not by reading', made('sqs:GetQueueAttributes', { queueUrl }), null],
    ['not by a namesake of the action', made('events:PurgeQueue', { queueUrl }), null],
    [
      'not a mapping of another service',
      made('events:DeleteEventSourceMapping', { functionName: 'credlock-observe' }),
      null,
    ],
    ['not a bucket’s policy of another name', made('s3:PutBucketLifecycleX', { bucketName: 'credlock-config' }), null],
  ])('%s', (_, record, name) => {
    const expected = `certain: The call changes ${name ?? ''}, which is credlock’s own. / ${FIX}`;
    expect(denied('protect-credlock', [record])).toEqual(name === null ? [] : [expected]);
  });
});

describe('calls from elsewhere are denied', () => {
  const operator = (record: Fields): Fields => ({
    ...record,
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/operator', accountId: '111122223333' },
  });
  const launch = (vpcId: string | null, privateIpAddress: string | null = '10.0.0.5'): Fields =>
    operator(
      made('ec2:RunInstances', {}, { instancesSet: { items: [{ instanceId: INSTANCE, vpcId, privateIpAddress }] } }),
    );
  const endpointIn = (vpcId: string): Fields => {
    const vpcEndpoint = { vpcEndpointId: ENDPOINT, vpcId, vpcEndpointType: 'Interface' };
    const request = { CreateVpcEndpointRequest: { VpcId: vpcId } };
    return operator(made('ec2:CreateVpcEndpoint', request, { CreateVpcEndpointResponse: { vpcEndpoint } }));
  };
  const used = (ip: string, endpointAccount?: string): Fields =>
    call('10:05', ip, { endpointId: ENDPOINT, ...(endpointAccount && { endpointAccount }) });
  const scoped = (record: Fields): Fields => {
    const identity = record['userIdentity'] as { sessionContext: Fields };
    const { ec2RoleDelivery: _, ...sessionContext } = identity.sessionContext;
    const inScopeOf = {
      issuerType: 'AWS::EC2::Instance',
      credentialsIssuedTo: `arn:aws:ec2:eu-west-1:111122223333:instance/${INSTANCE}`,
    };
    return { ...record, userIdentity: { ...identity, sessionContext, inScopeOf } };
  };
  const PUBLIC = 'Give the VPC an endpoint for ssm (in the Region that is called), or exempt ssm or the role.';
  const OLDER_VPC = 'Give the check older records as well, or compare the two VPCs by hand.';
  const PRIVATE = 'The records do not show';

  test.each<[GuardrailName, string, readonly Fields[], string | null]>([
    [
      'own-vpc-only',
      'over the internet',
      [call('10:00', HOME_ADDRESS)],
      `certain: The calls come from ${HOME_ADDRESS}, through no VPC endpoint. / ${PUBLIC}`,
    ],
    [
      'own-address-only',
      'over the internet',
      [call('10:00', HOME_ADDRESS)],
      `certain: The calls come from ${HOME_ADDRESS}, through no VPC endpoint. / ${PUBLIC}`,
    ],
    [
      'own-vpc-only',
      'over the internet, by the scope alone',
      [scoped(call('10:00', HOME_ADDRESS))],
      `likely: The calls come from ${HOME_ADDRESS}, through no VPC endpoint. That the keys are an instance’s, only inScopeOf shows. / ${PUBLIC}`,
    ],
    ['own-vpc-only', 'not, through the endpoint of its VPC', [launch(VPC), endpointIn(VPC), used('10.0.0.5')], null],
    [
      'own-vpc-only',
      'through an endpoint of another VPC',
      [launch(VPC), endpointIn('vpc-2'), used('10.0.0.5')],
      `certain: The endpoint ${ENDPOINT} is in vpc-2, the instance in ${VPC}. / Give the instance’s own VPC the endpoint, or exempt the role.`,
    ],
    [
      'own-vpc-only',
      'through a central endpoint',
      [launch(VPC), used('10.0.0.5', '444455556666')],
      `likely: The endpoint ${ENDPOINT} belongs to account 444455556666: a central endpoint, unless that account shares the VPC with this one. / Exempt the roles behind central endpoints, or give their VPCs endpoints of their own.`,
    ],
    [
      'own-vpc-only',
      'perhaps, of an instance without its launch',
      [endpointIn(VPC), used('10.0.0.5')],
      `unknown: ${PRIVATE} the instance’s VPC (its launch). / ${OLDER_VPC}`,
    ],
    [
      'own-vpc-only',
      'perhaps, through an endpoint of the account without its creation',
      [launch(VPC), used('10.0.0.5', '111122223333')],
      `unknown: ${PRIVATE} the endpoint’s VPC (its creation). / ${OLDER_VPC}`,
    ],
    ['own-address-only', 'not, from its address', [launch(VPC), used('10.0.0.5')], null],
    [
      'own-address-only',
      'from another address',
      [launch(VPC), used('10.0.0.9')],
      'certain: The calls come from 10.0.0.9; the instance’s primary address is 10.0.0.5. / Let what calls (a pod, a second interface) use keys of its own, or exempt the role.',
    ],
    [
      'own-address-only',
      'perhaps, of an instance without its launch',
      [used('10.0.0.5')],
      `unknown: ${PRIVATE} the instance’s primary address (its launch). / Give the check older records as well, or compare the address by hand.`,
    ],
    [
      'own-address-only',
      'perhaps, of an instance whose launch failed',
      [{ ...launch(VPC), errorCode: 'Client.InstanceLimitExceeded' }, used('10.0.0.9')],
      `unknown: ${PRIVATE} the instance’s primary address (its launch). / Give the check older records as well, or compare the address by hand.`,
    ],
  ])('%s: %s', (guardrail, _, records, expected) => {
    expect(denied(guardrail, records)).toEqual(expected === null ? [] : [expected]);
  });
});
