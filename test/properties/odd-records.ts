import type { Random } from '../../trail-writer/random';
import { NOW } from './memory-reader';

const ACCOUNT = '111122223333';
const OTHER_ACCOUNT = '444455556666';
const SESSIONS = `arn:aws:sts::${ACCOUNT}:assumed-role`;
/** Around the lengths at which the scanner and the packing of requests do something else. */
const LENGTHS = [0, 1, 3, 4, 7, 15, 16, 18, 19, 20, 63, 64, 255, 256, 270, 274, 300, 301, 400, 511, 512, 700, 1_000];
const MISLEADING = [
  '',
  'aws-cli/2',
  '{"eventType":"x"}',
  ':assumed-role/',
  'nScopeOf AWS::',
  'Root',
  'IAMUser',
  '\\u0041',
  '/\\/',
];
const VERSIONS = ['1.08', '1.11', '1.07', '1.05', '1.09', '2.0', 1.08];
const CALLS = [
  ['s3.amazonaws.com', 'GetObject'],
  ['s3.amazonaws.com', 'ListBuckets'],
  ['ec2.amazonaws.com', 'DescribeInstances'],
  ['sts.amazonaws.com', 'GetCallerIdentity'],
  ['sts.amazonaws.com', 'AssumeRole'],
  ['kms.amazonaws.com', 'Decrypt'],
  ['iam.amazonaws.com', 'CreateUser'],
  ['signin.amazonaws.com', 'ConsoleLogin'],
  ['ecr.amazonaws.com', 'BatchGetImage'],
  ['ssm.amazonaws.com', 'UpdateInstanceInformation'],
  ['dynamodb.amazonaws.com', 'PutItem'],
  ['eks.amazonaws.com', 'DescribeCluster'],
] as const;

/** Records with values of any length, of few sessions and people, some of them twice. */
export class OddRecords {
  readonly #made: object[] = [];

  constructor(private readonly random: Random) {}

  next(): object {
    if (this.#made.length > 4 && this.random.chance(0.15)) return this.random.pick(this.#made);
    const record = this.#record();
    this.#made.push(record);
    return record;
  }

  #record(): object {
    const { random } = this;
    const [eventSource, eventName] = random.pick(CALLS);
    const age = 1_000 * random.below(random.pick([5, 3_600, 3 * 86_400]));
    return {
      ...this.#maybe(0.9, { eventVersion: random.pick(VERSIONS) }),
      userIdentity: this.#identity(),
      eventTime: new Date(NOW - age).toISOString().replace('.000Z', 'Z'),
      eventSource,
      eventName,
      ...this.#maybe(0.95, { awsRegion: random.pick(['eu-west-1', 'us-east-1']) }),
      ...this.#maybe(0.95, { sourceIPAddress: this.#address() }),
      ...this.#maybe(0.9, { userAgent: random.chance(0.7) ? `a${random.below(3)}` : this.#text(1_000) }),
      ...this.#maybe(0.1, { errorCode: random.pick(['AccessDenied', this.#text(30)]) }),
      ...this.#maybe(0.9, { requestParameters: this.#request() }),
      ...this.#maybe(0.3, { resources: this.#resources() }),
      ...this.#maybe(0.3, { responseElements: this.#response() }),
      ...this.#maybe(0.1, {
        additionalEventData: { AuthenticationMethod: random.pick(['QueryString', 'AuthHeader']) },
      }),
      ...this.#maybe(0.5, { readOnly: random.pick([true, false, 'true']) }),
      eventID: `00000000-0000-4000-8000-${random.chance(0.1) ? '000000000001' : random.hex(12)}`,
      ...this.#maybe(0.95, {
        eventType: random.pick(['AwsApiCall', 'AwsApiCall', 'AwsServiceEvent', 'AwsConsoleSignIn', 'AwsVpceEvent']),
      }),
      ...this.#maybe(0.9, { eventCategory: random.pick(['Management', 'Data', 'Insight', 'NetworkActivity', '']) }),
      ...this.#maybe(0.95, { recipientAccountId: random.pick([ACCOUNT, ACCOUNT, ACCOUNT, OTHER_ACCOUNT]) }),
    };
  }

  #maybe(odds: number, fields: object): object {
    return this.random.chance(odds) ? fields : {};
  }

  #identity(): object {
    const { random } = this;
    const session = { type: 'AssumedRole', accountId: ACCOUNT, accessKeyId: `ASIA${random.below(6)}` };
    const user = `u${random.below(4)}`;
    const instance = 'i-0123456789abcdef0';
    return random.pick<object>([
      {
        ...session,
        arn: `${SESSIONS}/web/i-0123456789abcde${random.below(10)}0`,
        sessionContext: {
          attributes: { creationDate: `2026-11-0${1 + random.below(5)}T00:00:00Z` },
          ...random.pick([{}, { ec2RoleDelivery: '2.0' }]),
        },
      },
      { ...session, arn: `${SESSIONS}/admin/${this.#text(200)}` },
      {
        ...session,
        arn: `${SESSIONS}/eks/x`,
        inScopeOf: {
          issuerType: 'AWS::EC2::Instance',
          credentialsIssuedTo: `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/${instance}`,
        },
      },
      { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/${user}`, accountId: ACCOUNT, userName: user },
      { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT },
      { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' },
      { type: 'AWSAccount', accountId: OTHER_ACCOUNT, principalId: this.#text(60) },
    ]);
  }

  #address(): string {
    const known = ['198.51.100.7', '198.51.100.8', '10.0.0.1', 'AWS Internal', 'ec2.amazonaws.com', '2001:db8::1'];
    return this.random.pick([...known, this.#text(60)]);
  }

  #request(): unknown {
    const { random } = this;
    const bucketName = `b${random.below(3)}`;
    const ids = Array.from({ length: random.below(30) }, (_, at) => ({ instanceId: `i-0${at}` }));
    return random.pick<unknown>([
      null,
      {},
      { bucketName, key: this.#text(700), Host: `${bucketName}.s3` },
      { instancesSet: { items: ids } },
      { bucketName, key: this.#text(6_000) },
      [this.#text(100)],
      7,
    ]);
  }

  #resources(): unknown {
    const object = { ARN: `arn:aws:s3:::b${this.random.below(3)}/${this.#text(100)}`, type: 'AWS::S3::Object' };
    return this.random.pick<unknown>([null, [], [object, { ARN: 'arn:aws:s3:::b' }]]);
  }

  #response(): unknown {
    const accessKeyId = `ASIA${this.random.below(9)}`;
    const credentials = { accessKeyId, expiration: 'Nov 30, 2026, 9:00:00 AM' };
    return this.random.pick<unknown>([null, { credentials, assumedRoleUser: { arn: `${SESSIONS}/web/x` } }]);
  }

  #text(most: number): string {
    const { random } = this;
    const length = Math.min(most, random.chance(0.5) ? random.pick(LENGTHS) : random.below(most));
    const parts = ['x', random.hex(Math.max(1, length)), 'ab"\\ö\u{1f600}', `${random.hex(1 + random.below(30))}/`];
    const part = random.pick([...parts, null]);
    return part === null ? random.pick(MISLEADING) : part.repeat(Math.ceil(length / part.length)).slice(0, length);
  }
}
