import type { Random } from '../trail-writer/random';
import type { Action } from '../trail-writer/record';
import type { Account, Instance } from './trail-world';

/** One call of an API: what a template gives and `RecordWriter` completes. */
export interface Call extends Omit<Action, 'service' | 'response'> {
  /** `ec2.amazonaws.com` */
  readonly source: string;
  readonly response?: object;
  /** Where several records are of one request. @default one of its own */
  readonly requestId?: string;
}

export type CallTemplate = (random: Random, account: Account, instance: Instance | null) => Call;

export function tagged(resourceType: string, random: Random): object {
  return {
    resourceType,
    tags: [
      { key: 'Name', value: `${random.pick(['orders', 'search', 'reports', 'édition', 'web'])}-${random.hex(4)}` },
      { key: 'cost-centre', value: String(1000 + random.below(40)) },
      { key: 'managed-by', value: 'terraform' },
    ],
  };
}

const describeInstances: CallTemplate = (random) => ({
  source: 'ec2.amazonaws.com',
  name: 'DescribeInstances',
  readOnly: true,
  request: {
    maxResults: 1000,
    instancesSet: {},
    filterSet: { items: [{ name: 'tag:Name', valueSet: { items: [{ value: `orders-${random.hex(4)}` }] } }] },
  },
});
const getParameter: CallTemplate = (random, account) => ({
  source: 'ssm.amazonaws.com',
  name: 'GetParameter',
  readOnly: true,
  request: { name: `/orders/${random.pick(['prod', 'stage'])}/${random.hex(10)}`, withDecryption: true },
  resources: [
    { accountId: account.id, ARN: `arn:aws:ssm:${account.region}:${account.id}:parameter/orders/${random.hex(10)}` },
  ],
});
const updateInstanceInformation: CallTemplate = (random, _account, instance) => ({
  source: 'ssm.amazonaws.com',
  name: 'UpdateInstanceInformation',
  readOnly: false,
  request: {
    instanceId: instance?.id ?? `i-0${random.hex(16)}`,
    agentVersion: '3.3.859.0',
    agentStatus: 'Active',
    platformType: 'Linux',
    platformName: 'Amazon Linux',
    platformVersion: '2023',
    iPAddress: instance?.privateIp ?? '10.0.0.9',
    computerName: `ip-${(instance?.privateIp ?? '10.0.0.9').replaceAll('.', '-')}.${random.pick(['eu-west-1', 'us-east-1'])}.compute.internal`,
    agentName: 'amazon-ssm-agent',
    availabilityZoneId: 'euw1-az1',
    sSMConnectionChannel: 'ssmmessages',
  },
});
const getObject: CallTemplate = (random, account) => {
  const bucket = `orders-archive-${account.id}`;
  const key = `incoming/2026/08/${random.hex(12)}/part-${random.below(10_000)}.parquet`;
  return {
    source: 's3.amazonaws.com',
    name: 'GetObject',
    readOnly: true,
    data: true,
    request: { bucketName: bucket, Host: `${bucket}.s3.${account.region}.amazonaws.com`, key },
    additionalEventData: {
      SignatureVersion: 'SigV4',
      CipherSuite: 'TLS_AES_128_GCM_SHA256',
      bytesTransferredIn: 0,
      AuthenticationMethod: 'AuthHeader',
      'x-amz-id-2': random.base64(76),
      bytesTransferredOut: random.below(10_000_000),
    },
    resources: [
      { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${bucket}/${key}` },
      { accountId: account.id, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucket}` },
    ],
  };
};
const decrypt: CallTemplate = (random, account) => {
  const key = `arn:aws:kms:${account.region}:${account.id}:key/${random.uuid()}`;
  return {
    source: 'kms.amazonaws.com',
    name: 'Decrypt',
    readOnly: true,
    request: {
      encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      keyId: key,
      encryptionContext: {
        'aws:secretsmanager:arn': `arn:aws:secretsmanager:${account.region}:${account.id}:secret:db-${random.hex(6)}`,
        SecretVersionId: random.uuid(),
      },
    },
    resources: [{ accountId: account.id, type: 'AWS::KMS::Key', ARN: key }],
  };
};
const getBucketPolicy: CallTemplate = (random, account) => ({
  source: 's3.amazonaws.com',
  name: 'GetBucketAcl',
  readOnly: true,
  request: { bucketName: `logs-${account.id}-${random.hex(4)}`, acl: '', Host: `s3.${account.region}.amazonaws.com` },
  additionalEventData: {
    SignatureVersion: 'SigV4',
    bytesTransferredIn: 0,
    AuthenticationMethod: 'AuthHeader',
    'x-amz-id-2': random.base64(76),
  },
});
const putRolePolicy: CallTemplate = (random, account) => {
  const statement = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: `arn:aws:s3:::orders-${random.hex(6)}/*` },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: `arn:aws:kms:${account.region}:${account.id}:key/${random.uuid()}`,
      },
    ],
  };
  return {
    source: 'iam.amazonaws.com',
    name: 'PutRolePolicy',
    readOnly: false,
    request: {
      roleName: `orders-${random.hex(6)}`,
      policyName: 'inline',
      policyDocument: JSON.stringify(statement, null, 2),
    },
  };
};
const createLogStream: CallTemplate = (random) => ({
  source: 'logs.amazonaws.com',
  name: 'CreateLogStream',
  readOnly: false,
  request: {
    logGroupName: `/aws/lambda/orders-${random.hex(4)}`,
    logStreamName: `2026/08/03/[$LATEST]${random.hex(32)}`,
  },
});
const describeVolumes: CallTemplate = (random) => ({
  source: 'ec2.amazonaws.com',
  name: 'DescribeVolumes',
  readOnly: true,
  request: {
    volumeSet: { items: Array.from({ length: 6 }, () => ({ volumeId: `vol-0${random.hex(16)}` })) },
    filterSet: {},
  },
});
const listMetrics: CallTemplate = (random, account) => ({
  source: 'monitoring.amazonaws.com',
  name: 'DescribeAlarms',
  readOnly: true,
  request: {
    alarmNames: [`TargetTracking-table/orders-${random.hex(8)}-AlarmHigh-${random.uuid()}`],
    alarmTypes: ['MetricAlarm'],
  },
  resources: [{ accountId: account.id, ARN: `arn:aws:cloudwatch:${account.region}:${account.id}:alarm:orders` }],
});

export const runInstances: CallTemplate = (random, account, instance) => {
  const { id, eni, attachment, privateIp, profile, subnetId, vpcId } = instance
    ? launched(instance)
    : batchMachine(random);
  return {
    source: 'ec2.amazonaws.com',
    name: 'RunInstances',
    readOnly: false,
    request: {
      instancesSet: { items: [{ imageId: `ami-0${random.hex(16)}`, minCount: 1, maxCount: 1 }] },
      instanceType: 't3.large',
      monitoring: { enabled: false },
      disableApiTermination: false,
      clientToken: random.uuid(),
      subnetId,
      iamInstanceProfile: { name: profile },
      tagSpecificationSet: { items: [tagged('instance', random)] },
    },
    response: {
      requestId: random.uuid(),
      reservationId: `r-0${random.hex(16)}`,
      ownerId: account.id,
      groupSet: {},
      instancesSet: {
        items: [
          {
            instanceId: id,
            imageId: `ami-0${random.hex(16)}`,
            instanceState: { code: 0, name: 'pending' },
            privateDnsName: `ip-${privateIp.replaceAll('.', '-')}.ec2.internal`,
            amiLaunchIndex: 0,
            instanceType: 't3.large',
            subnetId,
            vpcId,
            privateIpAddress: privateIp,
            sourceDestCheck: true,
            iamInstanceProfile: {
              arn: `arn:aws:iam::${account.id}:instance-profile/${profile}`,
              id: `AIPA${random.upper(17)}`,
            },
            networkInterfaceSet: {
              items: [
                {
                  networkInterfaceId: eni,
                  subnetId,
                  vpcId,
                  ownerId: account.id,
                  status: 'in-use',
                  privateIpAddress: privateIp,
                  sourceDestCheck: true,
                  interfaceType: 'interface',
                  attachment: {
                    attachmentId: attachment,
                    deviceIndex: 0,
                    status: 'attaching',
                    deleteOnTermination: true,
                  },
                  privateIpAddressesSet: { item: [{ privateIpAddress: privateIp, primary: true }] },
                  ipv6AddressesSet: {},
                },
              ],
            },
          },
        ],
      },
    },
  };
};
const terminateInstances: CallTemplate = (random) => {
  const instanceId = `i-0${random.hex(16)}`;
  return {
    source: 'ec2.amazonaws.com',
    name: 'TerminateInstances',
    readOnly: false,
    request: { instancesSet: { items: [{ instanceId }] } },
    response: {
      requestId: random.uuid(),
      instancesSet: {
        items: [
          {
            instanceId,
            currentState: { code: 32, name: 'shutting-down' },
            previousState: { code: 16, name: 'running' },
          },
        ],
      },
    },
  };
};
const createNetworkInterface: CallTemplate = (random, account) => {
  const subnetId = `subnet-0${random.hex(16)}`;
  const privateIpAddress = `10.210.${random.below(256)}.${random.below(256)}`;
  return {
    source: 'ec2.amazonaws.com',
    name: 'CreateNetworkInterface',
    readOnly: false,
    request: {
      subnetId,
      description: `AWS Lambda VPC ENI-orders-${random.uuid()}`,
      groupSet: { items: [{ groupId: `sg-0${random.hex(16)}` }] },
      privateIpAddressesSet: {},
    },
    response: {
      requestId: random.uuid(),
      networkInterface: {
        networkInterfaceId: `eni-0${random.hex(16)}`,
        subnetId,
        vpcId: `vpc-0${random.hex(16)}`,
        availabilityZone: `${account.region}a`,
        ownerId: account.id,
        requesterManaged: false,
        status: 'pending',
        privateIpAddress,
        sourceDestCheck: true,
        privateIpAddressesSet: { item: [{ privateIpAddress, primary: true }] },
        ipv6AddressesSet: {},
        tagSet: {},
      },
    },
  };
};
const releaseAddress: CallTemplate = (random) => ({
  source: 'ec2.amazonaws.com',
  name: 'ReleaseAddress',
  readOnly: false,
  request: { allocationId: `eipalloc-0${random.hex(16)}` },
  response: { requestId: random.uuid(), _return: true },
});

export const INSTANCE_CALLS = [
  getParameter,
  updateInstanceInformation,
  getObject,
  decrypt,
  describeInstances,
  createLogStream,
];
export const PEOPLE_CALLS = [
  describeInstances,
  getObject,
  getObject,
  decrypt,
  getBucketPolicy,
  putRolePolicy,
  describeVolumes,
  listMetrics,
  createLogStream,
];
export const OTHER_CALLS = [
  getObject,
  getObject,
  decrypt,
  getBucketPolicy,
  describeVolumes,
  listMetrics,
  putRolePolicy,
];
export const CHANGES = [runInstances, terminateInstances, createNetworkInterface, releaseAddress];

interface Launched {
  readonly id: string;
  readonly eni: string;
  readonly attachment: string;
  readonly privateIp: string;
  readonly profile: string;
  readonly subnetId: string;
  readonly vpcId: string;
}

function launched({ id, eni, attachment, privateIp, role, network }: Instance): Launched {
  return { id, eni, attachment, privateIp, profile: role.name, subnetId: network.subnet, vpcId: network.vpc };
}

function batchMachine(random: Random): Launched {
  return {
    id: `i-0${random.hex(16)}`,
    eni: `eni-0${random.hex(16)}`,
    attachment: `eni-attach-0${random.hex(16)}`,
    privateIp: `10.200.${random.below(256)}.${random.below(256)}`,
    profile: 'batch',
    subnetId: `subnet-0${random.hex(16)}`,
    vpcId: `vpc-0${random.hex(16)}`,
  };
}
