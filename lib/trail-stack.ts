import { Annotations, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { templateOnly } from './template-only';
import type { Construct } from 'constructs';
import { CloudTrailRule, type RuleTarget } from './cloudtrail-rule';
import { trailObjectsPattern } from './event-patterns';
import type { TrailPlace } from './intake';
import { FORWARD_ROLE, NAMES, named } from './names';
import { policy } from './policy';

export interface TrailStackProps extends StackProps {
  readonly trail: TrailPlace;
  /** Account of the hub. */
  readonly hubAccount: string;
}

/**
 * `credlock-trail`: announces the log files of a trail to the hub, by a rule in the account and Region of its bucket, which
 * must tell EventBridge of new objects. The hub is in the same Region. In another account than the hub's, the bucket's policy
 * must let the hub read: the statement is printed, and an output.
 */
export class TrailStack extends Stack {
  constructor(scope: Construct, id: string, props: TrailStackProps) {
    super(scope, id, {
      description: 'credlock: announces the log files of a trail to the hub',
      synthesizer: templateOnly(),
      ...props,
    });
    const { trail, hubAccount } = props;
    const { bucketName, bucketOwner, prefix = '' } = trail;
    const own = bucketOwner === hubAccount;
    new CloudTrailRule(this, 'Trail', {
      pattern: trailObjectsPattern(bucketName, prefix, this.account),
      target: own ? this.#queue(hubAccount) : this.#hubBus(hubAccount),
      readOnlyEvents: false,
    });
    this.#say('EventBridgeSwitch', `aws s3api get-bucket-notification-configuration --bucket ${bucketName}`);
    if (!own) this.#sayPolicy(trail, hubAccount);
  }

  #queue(hubAccount: string): RuleTarget {
    return { arn: `arn:${this.partition}:sqs:${this.region}:${hubAccount}:${named('observe')}` };
  }

  #hubBus(hubAccount: string): RuleTarget {
    const arn = `arn:${this.partition}:events:${this.region}:${hubAccount}:event-bus/${NAMES.hubBus}`;
    const role = new CfnRole(this, 'Forward', {
      roleName: `${FORWARD_ROLE}-trail`,
      description: 'credlock: with it EventBridge forwards to the hub',
      assumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
      policies: [
        {
          policyName: 'forward',
          policyDocument: policy({ Effect: 'Allow', Action: 'events:PutEvents', Resource: arn }),
        },
      ],
    });
    return { arn, roleArn: role.attrArn };
  }

  #sayPolicy({ bucketName, prefix = '', keyArn }: TrailPlace, hubAccount: string): void {
    const reader = `arn:${this.partition}:iam::${hubAccount}:role/${named('observe')}`;
    const read = {
      Sid: 'CredlockReads',
      Effect: 'Allow',
      Principal: { AWS: reader },
      Action: 's3:GetObject',
      Resource: `arn:${this.partition}:s3:::${bucketName}/${prefix}AWSLogs/*`,
    };
    this.#say('BucketPolicyStatement', this.toJsonString(read));
    if (keyArn !== undefined)
      this.#say('KeyPolicyStatement', this.toJsonString({ ...read, Action: 'kms:Decrypt', Resource: '*' }));
    Annotations.of(this).addInfo(
      `the policy of bucket ${bucketName} must have this statement, once the hub is there: ${JSON.stringify(read)}`,
    );
  }

  #say(name: string, value: string): void {
    new CfnOutput(this, `Output${name}`, { value }).overrideLogicalId(name);
  }
}
