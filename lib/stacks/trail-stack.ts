import { Annotations, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { templateOnly } from './template-only';
import type { Construct } from 'constructs';
import { CloudTrailRule, type RuleTarget } from '../patterns/cloudtrail-rule';
import { trailObjectsPattern } from '../patterns/event-patterns';
import { forwardRole } from '../member/forward-role';
import type { TrailPlace } from '../hub/intake';
import { FORWARD_ROLE, NAMES, named } from '../names';

export interface TrailStackProps extends StackProps {
  readonly trail: TrailPlace;
  /** Account of the hub. */
  readonly hubAccount: string;
  /**
   * Roles of the hub account that list the bucket for `credlock backfill`; with their paths, `*` allowed.
   *
   * @default - none
   */
  readonly operatorRoles?: readonly string[];
}

/**
 * `credlock-trail`: announces the log files of a trail to the hub, by a rule in the account and Region of its bucket, which
 * must tell EventBridge of new objects (the command is an output). The hub is in the same Region. In another account than the hub's, the bucket's policy
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
    this.#say('EventBridgeSwitch', switchCommand(bucketName));
    if (!own) this.#sayPolicy(props);
    if (trail.keyArn !== undefined)
      this.#say('KeyPolicyStatement', this.toJsonString(this.#reads(props, 'kms:Decrypt', '*')));
  }

  #queue(hubAccount: string): RuleTarget {
    return { arn: `arn:${this.partition}:sqs:${this.region}:${hubAccount}:${named('observe')}` };
  }

  #hubBus(hubAccount: string): RuleTarget {
    const arn = `arn:${this.partition}:events:${this.region}:${hubAccount}:event-bus/${NAMES.hubBus}`;
    const role = forwardRole(this, `${FORWARD_ROLE}-trail`, arn);
    return { arn, roleArn: role.attrArn };
  }

  #sayPolicy(props: TrailStackProps): void {
    const { bucketName, prefix = '' } = props.trail;
    const bucketArn = `arn:${this.partition}:s3:::${bucketName}`;
    const read = this.#reads(props, 's3:GetObject', `${bucketArn}/${prefix}AWSLogs/*`);
    const list = this.#lists(props, bucketArn);
    this.#say('BucketPolicyStatement', this.toJsonString(read));
    if (list) this.#say('BucketListStatement', this.toJsonString(list));
    const statements = JSON.stringify(list ? [read, list] : read);
    Annotations.of(this).addInfo(
      `the policy of bucket ${bucketName} must have this, once the hub is there and before the trail's stack: ${statements}`,
    );
  }

  #reads({ hubAccount }: TrailStackProps, action: string, resource: string): object {
    const reader = `arn:${this.partition}:iam::${hubAccount}:role/${named('observe')}`;
    return { Sid: 'CredlockReads', Effect: 'Allow', Principal: { AWS: reader }, Action: action, Resource: resource };
  }

  #lists({ hubAccount, operatorRoles = [] }: TrailStackProps, bucketArn: string): object | undefined {
    if (operatorRoles.length === 0) return undefined;
    return {
      Sid: 'CredlockLists',
      Effect: 'Allow',
      Principal: { AWS: `arn:${this.partition}:iam::${hubAccount}:root` },
      Action: 's3:ListBucket',
      Resource: bucketArn,
      Condition: {
        ArnLike: { 'aws:PrincipalArn': operatorRoles.map((role) => `arn:*:iam::${hubAccount}:role/${role}`) },
      },
    };
  }

  #say(name: string, value: string): void {
    new CfnOutput(this, `Output${name}`, { value }).overrideLogicalId(name);
  }
}

/** Adds to the bucket's notifications what it has not: putting them replaces all that there are. */
function switchCommand(bucket: string): string {
  const get = `aws s3api get-bucket-notification-configuration --bucket ${bucket}`;
  const put = `aws s3api put-bucket-notification-configuration --bucket ${bucket}`;
  const add = `jq -n '(try input catch {}) + {EventBridgeConfiguration: {}}'`;
  return `${put} --notification-configuration "$(${get} | ${add})"`;
}
