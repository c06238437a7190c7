import { EventBus } from 'aws-cdk-lib/aws-events';
import { AccountPrincipal, AnyPrincipal, PolicyStatement, type Conditions, type IPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { NAMES } from '../names';

export interface HubBusProps {
  /**
   * Id of the organisation whose accounts may put events on the bus.
   *
   * @default - only the bus's own account
   */
  readonly organizationId?: string;
  /**
   * Other accounts that may put events on the bus, such as the owner of the trail's bucket.
   *
   * @default - none
   */
  readonly accounts?: readonly string[];
}

/**
 * The event bus that members forward to. Its policy names the organisation: a list of accounts would exceed the quota.
 * Other accounts may put events of AWS's own sources only, which members' rules forward and `PutEvents` refuses to make;
 * simulated events come from the bus's own account, whose principals need no bus policy.
 */
export class HubBus extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, props: HubBusProps = {}) {
    super(scope, id);
    this.bus = new EventBus(this, 'Resource', {
      eventBusName: NAMES.hubBus,
      description: 'credlock: events forwarded from all accounts and Regions',
    });
    const { organizationId, accounts = [] } = props;
    if (organizationId !== undefined)
      this.#allow('Organization', new AnyPrincipal(), { StringEquals: { 'aws:PrincipalOrgID': organizationId } });
    for (const account of accounts) this.#allow(`Account${account}`, new AccountPrincipal(account));
  }

  #allow(sid: string, principal: IPrincipal, conditions: Conditions = {}): void {
    this.bus.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [principal],
        actions: ['events:PutEvents'],
        resources: [this.bus.eventBusArn],
        conditions: {
          ...conditions,
          'ForAllValues:StringLike': { 'events:source': 'aws.*' },
          'ForAllValues:StringNotLike': { 'events:source': 'aws.partner/*' },
        },
      }),
    );
  }
}
