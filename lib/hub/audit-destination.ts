import { Stack } from 'aws-cdk-lib';
import { CfnDestination } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { NAMES } from '../names';
import { policy } from '../policy';

export interface AuditDestinationProps {
  /** Region of the hub, in which the delivery stream is. */
  readonly hubRegion: string;
  /**
   * Id of the organisation whose accounts may subscribe log groups.
   *
   * @default - only the destination's own account
   */
  readonly organizationId?: string;
}

/**
 * The destination of audit records in a Region of the hub account. Log groups can be subscribed only to a destination of
 * their own Region; the stream behind it is in the hub's Region. It refers to the hub's resources by their names.
 */
export class AuditDestination extends Construct {
  readonly destination: CfnDestination;

  constructor(scope: Construct, id: string, { hubRegion, organizationId }: AuditDestinationProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const { partition, account, region } = stack;
    const subscribers =
      organizationId === undefined
        ? { Principal: { AWS: account } }
        : { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': organizationId } } };
    this.destination = new CfnDestination(this, 'Resource', {
      destinationName: NAMES.auditDestination,
      targetArn: `arn:${partition}:firehose:${hubRegion}:${account}:deliverystream/${NAMES.auditStream}`,
      roleArn: `arn:${partition}:iam::${account}:role/${NAMES.destinationRole}`,
      destinationPolicy: stack.toJsonString(
        policy({
          Effect: 'Allow',
          ...subscribers,
          Action: 'logs:PutSubscriptionFilter',
          Resource: `arn:${partition}:logs:${region}:${account}:destination:${NAMES.auditDestination}`,
        }),
      ),
    });
  }
}
