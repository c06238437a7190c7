import { readIssuance } from '../../../../lambda/detection/kinds/read-issuance';
import { WORKLOAD_KINDS } from '../../../../lambda/detection/kinds/all-kinds';
import type { CloudTrailRecord } from '../../../../lambda/detection/model/cloudtrail-record';
import type { IssuedTo } from '../../../../lambda/detection/model/workload-kind';
import { ACCOUNT, at, sessionArn } from '../trail';
import { issued, recordOf } from './record-of';

const TASK = '0123456789abcdef0123456789abcdef';
const PROVIDER = 'oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE';

/** The first kind that takes the credentials, as the detector asks the kinds. */
function issuedTo(record: CloudTrailRecord): IssuedTo | null {
  for (const kind of WORKLOAD_KINDS) {
    const found = kind.issuedTo(record);
    if (found) return found;
  }
  return null;
}

function podRecord(tags: Readonly<Record<string, string>>): CloudTrailRecord {
  const pairs = Object.entries(tags).map(([key, value]) => ({ key, value }));
  return issued('pods.eks.amazonaws.com', 'eks-demo-orders-0a0b', {
    requestParameters: {
      roleArn: `arn:aws:iam::${ACCOUNT}:role/orders-api`,
      roleSessionName: 'eks-demo-orders-0a0b',
      tags: pairs,
    },
  });
}

function tokenRecord(subject: string, fields: Readonly<Record<string, unknown>> = {}): CloudTrailRecord {
  return recordOf('sts:AssumeRoleWithWebIdentity', {
    userIdentity: { type: 'WebIdentityUser', userName: subject },
    requestParameters: { roleArn: `arn:aws:iam::${ACCOUNT}:role/orders-api`, roleSessionName: 'any' },
    responseElements: {
      subjectFromWebIdentityToken: subject,
      provider: `arn:aws:iam::${ACCOUNT}:oidc-provider/${PROVIDER}`,
    },
    ...fields,
  });
}

const ORDERS = { namespace: 'shop', serviceAccount: 'orders' };

describe('credentials are issued to', () => {
  it.each<[string, CloudTrailRecord, string, object, string | null]>([
    [
      'an instance by EC2',
      issued('ec2.amazonaws.com', 'i-0a11ce00000000001'),
      'ec2-instance/i-0a11ce00000000001',
      {},
      null,
    ],
    [
      'an instance by SSM',
      issued('ssm.amazonaws.com', 'i-0a11ce00000000001'),
      'ec2-instance/i-0a11ce00000000001',
      {},
      null,
    ],
    [
      'an instance in China',
      issued('ec2.amazonaws.com.cn', 'i-0a11ce00000000001'),
      'ec2-instance/i-0a11ce00000000001',
      {},
      null,
    ],
    ['a task', issued('ecs-tasks.amazonaws.com', TASK), `ecs-task/${TASK}`, {}, null],
    [
      'a function, by its name',
      issued('lambda.amazonaws.com', 'orders'),
      'lambda-function/orders',
      { role: 'orders-api' },
      null,
    ],
    [
      'a function whose session Lambda named, by its role',
      issued('lambda.amazonaws.com', 'awslambda_424_20260901100000000'),
      'lambda-function/role/orders-api',
      { role: 'orders-api' },
      null,
    ],
    [
      'a function at the edge',
      issued('edgelambda.amazonaws.com', 'us-east-1.orders'),
      'lambda-function/orders',
      { role: 'orders-api' },
      'GLOBAL',
    ],
    [
      'a pod, by the tags of its session',
      podRecord({
        'eks-cluster-arn': `arn:aws:eks:eu-north-1:${ACCOUNT}:cluster/demo`,
        'eks-cluster-name': 'demo',
        'kubernetes-namespace': 'shop',
        'kubernetes-service-account': 'orders',
        'kubernetes-pod-name': 'orders-1',
        'kubernetes-pod-uid': 'uid-1',
      }),
      'eks-pod/demo/shop/orders-1/uid-1',
      { cluster: 'demo', ...ORDERS, pod: 'orders-1', podUid: 'uid-1' },
      'eu-north-1',
    ],
    [
      'a pod whose cluster only the ARN names',
      podRecord({
        'eks-cluster-arn': `arn:aws:eks:eu-north-1:${ACCOUNT}:cluster/demo`,
        'kubernetes-pod-name': 'orders-1',
      }),
      'eks-pod/demo/orders-1',
      { cluster: 'demo', pod: 'orders-1' },
      'eu-north-1',
    ],
    ['a pod without tags, by its session', podRecord({}), 'eks-pod/eks-demo-orders-0a0b', {}, null],
    [
      'a service account, by its token',
      tokenRecord('system:serviceaccount:shop:orders'),
      `eks-pod/oidc/${PROVIDER}/shop/orders`,
      { provider: PROVIDER, ...ORDERS },
      'eu-west-1',
    ],
    [
      'a service account whose response is left out',
      tokenRecord('x', {
        userIdentity: {
          type: 'WebIdentityUser',
          userName: 'system:serviceaccount:shop:orders',
          principalId: `arn:aws:iam::${ACCOUNT}:oidc-provider/${PROVIDER}:sts.amazonaws.com:system:serviceaccount:shop:orders`,
        },
        responseElements: null,
      }),
      `eks-pod/oidc/${PROVIDER}/shop/orders`,
      { provider: PROVIDER, ...ORDERS },
      'eu-west-1',
    ],
    [
      'a service account of a provider that only looks like EKS',
      tokenRecord('system:serviceaccount:shop:orders', {
        responseElements: {
          subjectFromWebIdentityToken: 'system:serviceaccount:shop:orders',
          provider: `arn:aws:iam::${ACCOUNT}:oidc-provider/id.example.com/oidc.eks.eu-west-1.amazonaws.com`,
        },
      }),
      'eks-pod/oidc/id.example.com/oidc.eks.eu-west-1.amazonaws.com/shop/orders',
      { provider: 'id.example.com/oidc.eks.eu-west-1.amazonaws.com', ...ORDERS },
      null,
    ],
    [
      'any other session of a service',
      issued('glue.amazonaws.com', 'job'),
      'service-session/orders-api/job',
      { service: 'glue.amazonaws.com' },
      null,
    ],
  ])('%s', (_, record, key, ...[attributes, region]) => {
    const found = issuedTo(record);
    const [kind = '', ...id] = key.split('/');
    expect(found).toMatchObject({
      workload: { partition: 'aws', account: ACCOUNT, kind, id: id.join('/') },
      region,
      askedByWorkload: key.startsWith('eks-pod/oidc/'),
    });
    expect(found?.attributes).toEqual(attributes);
  });

  it.each<[string, CloudTrailRecord]>([
    ['an instance by SSM for another name', issued('ssm.amazonaws.com', 'orders')],
    ['machines outside AWS', issued('rolesanywhere.amazonaws.com', 'machine')],
    [
      'a service-linked role',
      issued('glue.amazonaws.com', 'job', {
        requestParameters: {
          roleArn: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/glue.amazonaws.com/AWSServiceRoleForGlue`,
          roleSessionName: 'job',
        },
      }),
    ],
    [
      'a user who is no service',
      issued('glue.amazonaws.com', 'job', { userIdentity: { type: 'IAMUser', invokedBy: 'glue.amazonaws.com' } }),
    ],
    ['a user by name alone', issued('', 'job', { userIdentity: { type: 'AWSService' } })],
    ['a GitHub workflow', tokenRecord('repo:example/orders:ref:refs/heads/main')],
    [
      'a service account without a provider',
      tokenRecord('system:serviceaccount:shop:orders', {
        responseElements: { subjectFromWebIdentityToken: 'system:serviceaccount:shop:orders' },
      }),
    ],
    [
      'a service account without a session',
      tokenRecord('system:serviceaccount:shop:orders', { requestParameters: {} }),
    ],
    ['a request that failed', issued('ec2.amazonaws.com', 'i-0a11ce00000000001', { errorCode: 'AccessDenied' })],
    [
      'a request without a role',
      issued('ec2.amazonaws.com', 'i-0a11ce00000000001', {
        requestParameters: { roleSessionName: 'i-0a11ce00000000001' },
      }),
    ],
    ['another action', issued('ec2.amazonaws.com', 'i-0a11ce00000000001', { eventName: 'GetSessionToken' })],
    ['another service', issued('ec2.amazonaws.com', 'i-0a11ce00000000001', { eventSource: 'ec2.amazonaws.com' })],
  ])('no workload: %s', (_, record) => {
    expect(issuedTo(record)).toBeNull();
  });
});

describe('issued credentials', () => {
  it('have the session, the key and the end that the response shows', () => {
    const assumedRoleUser = { arn: sessionArn('answered', 'billing') };
    const credentials = { accessKeyId: 'ASIA2', expiration: 'Sep 1, 2026, 4:00:00 PM' };
    expect(
      readIssuance(issued('ec2.amazonaws.com', 'asked', { responseElements: { assumedRoleUser, credentials } })),
    ).toEqual({
      action: 'AssumeRole',
      roleArn: `arn:aws:iam::${ACCOUNT}:role/app/orders-api`,
      session: { arn: sessionArn('answered', 'billing'), accessKeyId: 'ASIA2', expires: at('16:00') },
    });
  });

  it('have the session of the request, and no key, where the response is left out', () => {
    expect(readIssuance(issued('ec2.amazonaws.com', 'asked', { responseElements: null }))?.session).toEqual({
      arn: sessionArn('asked'),
      accessKeyId: null,
      expires: null,
    });
  });

  it('are a service’s only where it assumed the role itself', () => {
    const record = issued('ec2.amazonaws.com', 'i-0a11ce00000000001', { eventName: 'AssumeRoleWithSAML' });
    expect(readIssuance(record)?.action).toBe('AssumeRoleWithSAML');
    expect(WORKLOAD_KINDS[0]?.issuedTo(record)).toBeNull();
  });
});
