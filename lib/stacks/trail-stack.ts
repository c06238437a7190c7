import { Annotations, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { templateOnly } from './template-only';
import type { Construct } from 'constructs';
import { CloudTrailRule, type RuleTarget } from '../patterns/cloudtrail-rule';
import { trailObjectsPattern } from '../patterns/event-patterns';
import { forwardRole } from '../member/forward-role';
import type { TrailLocation } from '../hub/intake';
import { FORWARD_ROLE, NAMES, named } from '../names';

export interface TrailStackProps extends StackProps {
  readonly trail: TrailLocation;
  /** Account of the hub. */
  readonly hubAccount: string;
  /**
   * Roles of the hub account that may list the bucket for `credlock backfill`: names with paths, `*` allowed.
   *
   * @default - none
   */
  readonly operatorRoles?: readonly string[];
}

/**
 * The stack `credlock-trail`: a rule that announces a trail's log files to the hub, in the account and Region of the bucket.
 * The hub must be in the same Region, and the bucket must send events to EventBridge (the output `EventBridgeSwitch` is the
 * command). If the bucket belongs to another account, its policy must allow the hub to read: the statement is printed and
 * an output.
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
    this.#output('EventBridgeSwitch', switchCommand(bucketName));
    if (!own) this.#outputPolicy(props);
    if (trail.keyArn !== undefined)
      this.#output('KeyPolicyStatement', this.toJsonString(this.#readStatement(props, 'kms:Decrypt', '*')));
  }

  #queue(hubAccount: string): RuleTarget {
    return { arn: `arn:${this.partition}:sqs:${this.region}:${hubAccount}:${named('observe')}` };
  }

  #hubBus(hubAccount: string): RuleTarget {
    const arn = `arn:${this.partition}:events:${this.region}:${hubAccount}:event-bus/${NAMES.hubBus}`;
    const role = forwardRole(this, `${FORWARD_ROLE}-trail`, arn);
    return { arn, roleArn: role.attrArn };
  }

  #outputPolicy(props: TrailStackProps): void {
    const { bucketName, prefix = '' } = props.trail;
    const bucketArn = `arn:${this.partition}:s3:::${bucketName}`;
    const read = this.#readStatement(props, 's3:GetObject', `${bucketArn}/${prefix}AWSLogs/*`);
    const list = this.#listStatement(props, bucketArn);
    this.#output('BucketPolicyStatement', this.toJsonString(read));
    if (list) this.#output('BucketListStatement', this.toJsonString(list));
    const statements = JSON.stringify(list ? [read, list] : read);
    Annotations.of(this).addInfo(
      `add this to the policy of bucket ${bucketName} after the hub is deployed and before the trail's stack: ${statements}`,
    );
  }

  #readStatement({ hubAccount }: TrailStackProps, action: string, resource: string): object {
    const reader = `arn:${this.partition}:iam::${hubAccount}:role/${named('observe')}`;
    return { Sid: 'CredlockReads', Effect: 'Allow', Principal: { AWS: reader }, Action: action, Resource: resource };
  }

  #listStatement({ hubAccount, operatorRoles = [] }: TrailStackProps, bucketArn: string): object | undefined {
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

  #output(name: string, value: string): void {
    new CfnOutput(this, `Output${name}`, { value }).overrideLogicalId(name);
  }
}

/** Keeps the bucket's existing notifications, which the call would otherwise replace. */
function switchCommand(bucket: string): string {
  const get = `aws s3api get-bucket-notification-configuration --bucket ${bucket}`;
  const put = `aws s3api put-bucket-notification-configuration --bucket ${bucket}`;
  const add = `jq -n '(try input catch {}) + {EventBridgeConfiguration: {}}'`;
  return `${put} --notification-configuration "$(${get} | ${add})"`;
}
