import { EventBus } from 'aws-cdk-lib/aws-events';
import { AccountPrincipal, AnyPrincipal, PolicyStatement, type Conditions, type IPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { NAMES } from '../names';

export interface HubBusProps {
  /**
   * The organisation whose accounts may put events on it.
   *
   * @default - no account but its own
   */
  readonly organizationId?: string;
  /**
   * Other accounts that may: where the trail's bucket is, for example.
   *
   * @default - none
   */
  readonly accounts?: readonly string[];
}

/** The bus that members forward to. Its policy speaks of the organisation: lists of accounts soon reach the quota. */
export class HubBus extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, props: HubBusProps = {}) {
    super(scope, id);
    this.bus = new EventBus(this, 'Resource', {
      eventBusName: NAMES.hubBus,
      description: 'credlock: what the rules of all accounts and Regions forward',
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
        conditions,
      }),
    );
  }
}
