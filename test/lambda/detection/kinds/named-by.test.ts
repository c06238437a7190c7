import { WORKLOAD_KINDS } from '../../../../lambda/detection/kinds/all-kinds';
import { ec2Instance } from '../../../../lambda/detection/kinds/ec2-instance';
import type { CloudTrailRecord } from '../../../../lambda/detection/model/cloudtrail-record';
import { parseSessionArn } from '../../../../lambda/detection/model/session-arn';
import { ACCOUNT, OTHER_ACCOUNT } from '../trail';
import { calledBy, recordOf } from './record-of';

const INSTANCE = 'i-0a11ce00000000001';
const TASK = '0123456789abcdef0123456789abcdef';
const POD = 'eks-demo-orders-0a0b0c0d-0000-4000-8000-000000000001';
const ARNS = `arn:aws:%:eu-north-1:${OTHER_ACCOUNT}:`;
const scope = (issuerType: string, service: string, resource: string): Readonly<Record<string, unknown>> => ({
  inScopeOf: { issuerType, credentialsIssuedTo: `${ARNS.replace('%', service)}${resource}` },
});
const delivered = { sessionContext: { ec2RoleDelivery: '2.0' } };

function namedBy(record: CloudTrailRecord): string | null {
  const session = parseSessionArn(record.identity.arn);
  for (const kind of WORKLOAD_KINDS) {
    const named = session && kind.namedBy(session, record);
    if (!named) continue;
    const { partition, account, kind: name, id } = named.workload;
    return [partition, account, name, id, named.shown, named.region ?? '-'].join(' ');
  }
  return null;
}

describe('a call names its workload', () => {
  it.each<[string, string, Readonly<Record<string, unknown>>, string | null]>([
    [
      'an instance by its scope',
      INSTANCE,
      scope('AWS::EC2::Instance', 'ec2', 'instance/i-0b'),
      `aws ${OTHER_ACCOUNT} ec2-instance i-0b scope eu-north-1`,
    ],
    [
      'an instance by the delivery of its keys',
      INSTANCE,
      delivered,
      `aws ${ACCOUNT} ec2-instance ${INSTANCE} delivery -`,
    ],
    ['an instance with a made-up id by the delivery', 'i-x', delivered, `aws ${ACCOUNT} ec2-instance i-x delivery -`],
    ['an instance by the shape of its name', INSTANCE, {}, `aws ${ACCOUNT} ec2-instance ${INSTANCE} shape -`],
    [
      'an instance by its shape, where the scope is not an instance’s',
      INSTANCE,
      scope('AWS::EC2::Instance', 'ec2', 'volume/vol-1'),
      `aws ${ACCOUNT} ec2-instance ${INSTANCE} shape -`,
    ],
    [
      'an instance by its shape, where another service issued',
      INSTANCE,
      scope('AWS::IAM::Role', 'ec2', 'instance/i-0b'),
      `aws ${ACCOUNT} ec2-instance ${INSTANCE} shape -`,
    ],
    [
      'a task by its scope',
      'any',
      scope('AWS::ECS::Task', 'ecs', `task/demo/${TASK}`),
      `aws ${OTHER_ACCOUNT} ecs-task ${TASK} scope eu-north-1`,
    ],
    ['a task by the shape of its name', TASK, {}, `aws ${ACCOUNT} ecs-task ${TASK} shape -`],
    ['a pod by the shape of its name', POD, {}, `aws ${ACCOUNT} eks-pod ${POD} shape -`],
    [
      'a function by its scope',
      'orders',
      scope('AWS::Lambda::Function', 'lambda', 'function:orders'),
      `aws ${OTHER_ACCOUNT} lambda-function orders scope eu-north-1`,
    ],
    ['no function by a scope that names a role', 'orders', scope('AWS::Lambda::Function', 'iam', 'role/orders'), null],
    ['no function by its name', 'orders', {}, null],
    ['no instance by a delivery to another name', 'orders', delivered, null],
    ['no instance by a name that only begins like one', 'i-x', {}, null],
  ])('%s', (_, name, identity, expected) => {
    expect(namedBy(calledBy(name, identity))).toBe(expected);
  });
});

describe('an instance uses EKS', () => {
  const call = (action: string, fields: Readonly<Record<string, unknown>> = {}): boolean | undefined =>
    ec2Instance.usesEks?.(recordOf(action, fields));

  it.each<[string, boolean, string, Readonly<Record<string, unknown>>]>([
    ['as its network plugin calls', true, 'ec2:DescribeInstances', { userAgent: 'amazon-vpc-cni-k8s/v1.19' }],
    [
      'as its network plugin calls, though it fails',
      true,
      'ec2:DescribeInstances',
      { userAgent: 'amazon-vpc-cni-k8s/v1.19', errorCode: 'AccessDenied' },
    ],
    ['as its kubelet calls', true, 'ec2:DescribeInstances', { userAgent: 'kubelet/v1.30' }],
    ['as it asks for a pod’s credentials', true, 'eks-auth:AssumeRoleForPodIdentity', {}],
    ['as it describes a cluster', true, 'eks:DescribeCluster', {}],
    [
      'as its plugin makes an interface',
      true,
      'ec2:CreateNetworkInterface',
      { requestParameters: { description: 'aws-K8S-i-0a' } },
    ],
    ['not as it is refused', false, 'eks:DescribeCluster', { errorCode: 'AccessDenied' }],
    ['not as it describes another service’s cluster', false, 'redshift:DescribeCluster', {}],
    ['not as another service is asked for a pod', false, 'sts:AssumeRoleForPodIdentity', {}],
    [
      'not as it makes an interface of its own',
      false,
      'ec2:CreateNetworkInterface',
      { requestParameters: { description: 'mine' } },
    ],
    ['not as it makes an interface without a description', false, 'ec2:CreateNetworkInterface', {}],
    [
      'not as it changes one of the plugin’s',
      false,
      'ec2:ModifyNetworkInterfaceAttribute',
      { requestParameters: { description: 'aws-K8S-i-0a' } },
    ],
    ['not without a user agent', false, 'ec2:DescribeInstances', { userAgent: null }],
  ])('%s: %p', (_, expected, action, fields) => {
    expect(call(action, fields)).toBe(expected);
  });
});
