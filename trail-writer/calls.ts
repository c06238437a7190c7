import { assumedRoleUser, type Instance } from './identities';
import { hexFor } from './ids';
import type { Action, Endpoint, From } from './record';

/** User agents of software on workloads and of people's tools. */
export const AGENTS = {
  ssm: 'aws-sdk-go/1.55.5 (go1.23.9; linux; amd64) amazon-ssm-agent/3.3.2299.0',
  boto: 'Boto3/1.34.131 md/Botocore#1.34.131 ua/2.0 os/linux#6.1.109-118.189.amzn2023.x86_64 lang/python#3.11.9 cfg/retry-mode#legacy',
  java: 'aws-sdk-java/2.26.12 Linux/6.1.109-118.189.amzn2023.x86_64 OpenJDK_64-Bit_Server_VM/21.0.4+7-LTS io/sync http/Apache',
  oldCli: 'aws-cli/1.18.147 Python/2.7.18 Linux/4.14.355-276.618.amzn2.x86_64 botocore/1.18.6',
  kubelet: 'Go-http-client/1.1',
  cli: 'aws-cli/2.27.41 md/awscrt#0.26.1 ua/2.1 os/macos#24.5.0 md/arch#arm64 lang/python#3.13.4',
  kali: 'aws-cli/2.27.41 md/awscrt#0.26.1 ua/2.1 os/linux#6.12.25-amd64 md/arch#x86_64 md/distrib#kali.2026.2 lang/python#3.13.4',
  go: 'aws-sdk-go-v2/1.36.5 ua/2.1 os/linux lang/go#1.24.4 md/GOOS#linux md/GOARCH#amd64',
  lambda:
    'aws-sdk-js/3.864.0 ua/2.1 os/linux#5.10.240-265.959.amzn2.x86_64 lang/js md/nodejs#22.18.0 exec-env/AWS_Lambda_nodejs22.x',
  github:
    'aws-sdk-js/3.826.0 ua/2.1 os/linux#6.11.0 lang/js md/nodejs#20.19.2 configure-aws-credentials-for-github-actions',
  browser: 'Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0',
  terraform: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io) terraform-provider-aws/5.66.0',
} as const;

/** A call over the internet. */
export function over(address: string, userAgent: string): From {
  return { address, userAgent };
}

/** A call that AWS makes itself. */
export function throughService(service: string): From {
  return { address: `${service}.amazonaws.com`, userAgent: `${service}.amazonaws.com` };
}

/** A call through a VPC endpoint: CloudTrail has the private address. */
export function through(endpoint: Endpoint, privateIp: string, userAgent: string): From {
  return { address: privateIp, userAgent, endpoint };
}

export function ssmPing(instance: Instance): Action {
  return {
    service: 'ssm',
    name: 'UpdateInstanceInformation',
    readOnly: false,
    request: {
      instanceId: instance.id,
      agentVersion: '3.3.2299.0',
      agentStatus: 'Active',
      platformType: 'Linux',
      platformName: 'Amazon Linux',
      iPAddress: instance.privateIp,
      agentName: 'amazon-ssm-agent',
    },
  };
}

export function getParameter(name: string): Action {
  return { service: 'ssm', name: 'GetParameter', readOnly: true, request: { name, withDecryption: true } };
}

export function getSecret(secretId: string): Action {
  return { service: 'secretsmanager', name: 'GetSecretValue', readOnly: true, request: { secretId } };
}

export function decrypt(account: string, keyName: string): Action {
  const key = `arn:aws:kms:eu-west-1:${account}:key/${hexFor(`kms ${keyName}`, 32)}`;
  return {
    service: 'kms',
    name: 'Decrypt',
    readOnly: true,
    request: { encryptionAlgorithm: 'SYMMETRIC_DEFAULT', encryptionContext: { 'aws:purpose': keyName } },
    resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN: key }],
  };
}

export function getQueueUrl(queueName: string): Action {
  return { service: 'sqs', name: 'GetQueueUrl', readOnly: true, request: { queueName } };
}

export function describeTable(tableName: string): Action {
  return { service: 'dynamodb', name: 'DescribeTable', readOnly: true, request: { tableName } };
}

export function describeInstances(): Action {
  return {
    service: 'ec2',
    name: 'DescribeInstances',
    readOnly: true,
    request: { maxResults: 1000, instancesSet: {}, filterSet: {} },
  };
}

export function listBuckets(): Action {
  return {
    service: 's3',
    name: 'ListBuckets',
    readOnly: true,
    request: { Host: 's3.eu-west-1.amazonaws.com' },
    additionalEventData: { SignatureVersion: 'SigV4', AuthenticationMethod: 'AuthHeader', bytesTransferredOut: 1211 },
  };
}

/** A data event. `presigned`: by a link that the caller had signed. */
export function getObject(account: string, bucket: string, key: string, presigned = false): Action {
  return {
    service: 's3',
    name: 'GetObject',
    readOnly: true,
    data: true,
    request: { bucketName: bucket, Host: `${bucket}.s3.eu-west-1.amazonaws.com`, key },
    additionalEventData: {
      SignatureVersion: 'SigV4',
      AuthenticationMethod: presigned ? 'QueryString' : 'AuthHeader',
      bytesTransferredIn: 0,
      bytesTransferredOut: 6322,
    },
    resources: [
      { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${bucket}/${key}` },
      { accountId: account, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucket}` },
    ],
  };
}

export function callerIdentity(): Action {
  return { service: 'sts', name: 'GetCallerIdentity', readOnly: true, request: null };
}

/** Credentials as STS issues them. */
export interface Issued {
  readonly id: string;
  readonly expires: string;
  /** Request parameters besides role and session name. */
  readonly request?: object;
  /** The answer repeats the session, except to EC2, ECS and Lambda. */
  readonly repeatsSession?: boolean;
}

/** STS issues credentials of a role. The answer has a session token, which must not be stored. */
export function assumeRole(account: string, role: string, name: string, issued: Issued): Action {
  const roleArn = `arn:aws:iam::${account}:role/${role}`;
  return {
    service: 'sts',
    name: 'AssumeRole',
    readOnly: true,
    request: { roleArn, roleSessionName: name, ...issued.request },
    response: () => ({
      credentials: credentialsOf(issued),
      ...(issued.repeatsSession === true && { assumedRoleUser: assumedRoleUser(account, role, name) }),
    }),
    resources: [{ accountId: account, type: 'AWS::IAM::Role', ARN: roleArn }],
  };
}

export function credentialsOf({ id, expires }: Issued): object {
  return { accessKeyId: id, sessionToken: 'EXAMPLE-TOKEN', expiration: expires };
}

/** IAM is a global service: its records are those of us-east-1. */
export function iam(name: string, request: object | null = null): Action {
  return { service: 'iam', name, readOnly: /^(Get|List)/.test(name), request, region: 'us-east-1' };
}

/** The same call, refused. */
export function denied(action: Action, sessionArn: string): Action {
  const ec2 = action.service === 'ec2';
  return {
    ...action,
    denied: {
      code: ec2 ? 'Client.UnauthorizedOperation' : 'AccessDenied',
      message: ec2
        ? 'You are not authorized to perform this operation.'
        : `User: ${sessionArn} is not authorized to perform: ${action.service}:${action.name}`,
    },
  };
}
