import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { isoTime } from '../../lambda/detection/model/event-time';
import type { Workload } from '../../lambda/detection/model/workload';

/** A theft that never happened, as CloudTrail would tell it. */
export interface SampleTheft {
  readonly workload: Workload;
  readonly records: readonly object[];
  /** Where the instance is at home, and where its keys were used. Of the ranges that documentation may use (RFC 5737). */
  readonly home: string;
  readonly away: string;
}

export interface SampleOf {
  /** The hub's, whose own the records say they are: no other account's would be believed. */
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

const HOMES = ['192.0.2'];
const ELSEWHERE = ['198.51.100', '203.0.113'];
const MINUTE = 60_000;

/** An instance gets its keys and an address, calls from there, and then its keys are used elsewhere. Each is another instance's. */
export function sampleTheft(of: SampleOf): SampleTheft {
  const instanceId = `i-05a11e${randomBytes(6).toString('hex').slice(0, 11)}`;
  const accessKeyId = `ASIASAMPLE${randomBytes(5).toString('hex').toUpperCase()}`;
  // Others than in the last simulations, or they would be one incident.
  const [home, away] = [addressIn(HOMES), addressIn(ELSEWHERE)];
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

  /** Somebody puts an address on the instance. */
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

  /** EC2 hands it its key; there is no session token in it, as there is no session. */
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
