import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { isoTime } from '../../lambda/detection/model/event-time';
import type { Workload } from '../../lambda/detection/model/workload';

/** The CloudTrail records of a simulated theft. */
export interface SampleTheft {
  readonly workload: Workload;
  readonly records: readonly object[];
  /** The instance's address, and the attacker's: of the documentation ranges (RFC 5737). */
  readonly home: string;
  readonly away: string;
}

export interface SampleOf {
  /** The hub's: simulated records of other accounts are rejected. */
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

const INSTANCES = ['192.0.2'];
const ATTACKERS = ['198.51.100', '203.0.113'];
const MINUTE = 60_000;

/** An instance gets an address and credentials, uses them, and then an attacker does. Each call makes up a new instance. */
export function sampleTheft(of: SampleOf): SampleTheft {
  const instanceId = `i-05a11e${randomBytes(6).toString('hex').slice(0, 11)}`;
  const accessKeyId = `ASIASAMPLE${randomBytes(5).toString('hex').toUpperCase()}`;
  // Random, so that each simulation is an incident of its own.
  const [home, away] = [addressIn(INSTANCES), addressIn(ATTACKERS)];
  const sample = new Sample(of, instanceId, accessKeyId);
  return {
    workload: { partition: of.partition, account: of.account, kind: 'ec2-instance', id: instanceId },
    home,
    away,
    records: [
      sample.addressed(60, home),
      sample.issued(60),
      sample.called(50, home, 'ssm.amazonaws.com', 'GetParameter'),
      sample.called(40, home, 's3.amazonaws.com', 'ListBuckets'),
      sample.called(5, away, 'sts.amazonaws.com', 'GetCallerIdentity'),
      sample.called(4, away, 's3.amazonaws.com', 'ListBuckets'),
    ],
  };
}

function addressIn(networks: readonly string[]): string {
  return `${networks[randomInt(networks.length)] ?? ''}.${randomInt(1, 255)}`;
}

const ROLE = 'credlock-sample';

class Sample {
  constructor(
    private readonly of: SampleOf,
    private readonly instanceId: string,
    private readonly accessKeyId: string,
  ) {}

  /** An Elastic IP is associated with the instance. */
  addressed(minutesAgo: number, address: string): object {
    const { account, partition } = this.of;
    return {
      ...this.record(minutesAgo, 'ec2.amazonaws.com', 'AssociateAddress'),
      userIdentity: {
        type: 'IAMUser',
        arn: `arn:${partition}:iam::${account}:user/${ROLE}`,
        accountId: account,
        userName: ROLE,
      },
      sourceIPAddress: address,
      requestParameters: { publicIp: address, instanceId: this.instanceId },
      responseElements: { associationId: `eipassoc-${this.instanceId.slice(2)}` },
    };
  }

  /** EC2 assumes the role for the instance; the record has no session token, since the credentials do not exist. */
  issued(minutesAgo: number): object {
    const { account, partition, now } = this.of;
    return {
      ...this.record(minutesAgo, 'sts.amazonaws.com', 'AssumeRole'),
      userIdentity: { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' },
      sourceIPAddress: 'ec2.amazonaws.com',
      requestParameters: { roleArn: `arn:${partition}:iam::${account}:role/${ROLE}`, roleSessionName: this.instanceId },
      responseElements: {
        credentials: { accessKeyId: this.accessKeyId, expiration: isoTime(now + 300 * MINUTE) },
        assumedRoleUser: { assumedRoleId: `AROASAMPLE:${this.instanceId}`, arn: this.sessionArn },
      },
    };
  }

  called(minutesAgo: number, sourceIPAddress: string, source: string, name: string): object {
    const { account, partition, region } = this.of;
    return {
      ...this.record(minutesAgo, source, name),
      userIdentity: {
        type: 'AssumedRole',
        principalId: `AROASAMPLE:${this.instanceId}`,
        arn: this.sessionArn,
        accountId: account,
        accessKeyId: this.accessKeyId,
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            principalId: 'AROASAMPLE',
            arn: `arn:${partition}:iam::${account}:role/${ROLE}`,
            accountId: account,
            userName: ROLE,
          },
          ec2RoleDelivery: '2.0',
        },
        inScopeOf: {
          issuerType: 'AWS::EC2::Instance',
          credentialsIssuedTo: `arn:${partition}:ec2:${region}:${account}:instance/${this.instanceId}`,
        },
      },
      sourceIPAddress,
      requestParameters: null,
      responseElements: null,
    };
  }

  private get sessionArn(): string {
    const { account, partition } = this.of;
    return `arn:${partition}:sts::${account}:assumed-role/${ROLE}/${this.instanceId}`;
  }

  private record(minutesAgo: number, eventSource: string, eventName: string): object {
    const { account, region, now } = this.of;
    return {
      eventVersion: '1.11',
      eventTime: isoTime(now - minutesAgo * MINUTE),
      eventSource,
      eventName,
      awsRegion: region,
      userAgent: 'credlock-simulate',
      eventID: randomUUID(),
      eventType: 'AwsApiCall',
      recipientAccountId: account,
      eventCategory: 'Management',
      managementEvent: true,
      readOnly: !eventName.startsWith('Associate'),
    };
  }
}
