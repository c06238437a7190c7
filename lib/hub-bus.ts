import { CfnEventBusPolicy, EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { NAMES } from './names';

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
    if (props.organizationId !== undefined) this.#allowOrganization(props.organizationId);
    for (const account of props.accounts ?? []) this.#allow(`Account${account}`, { Principal: { AWS: account } });
  }

  #allowOrganization(organizationId: string): void {
    const Condition = { StringEquals: { 'aws:PrincipalOrgID': organizationId } };
    this.#allow('Organization', { Principal: '*', Condition });
  }

  #allow(sid: string, who: object): void {
    new CfnEventBusPolicy(this, sid, {
      eventBusName: this.bus.eventBusName,
      statementId: `credlock-${sid}`,
      statement: { Effect: 'Allow', Action: 'events:PutEvents', Resource: this.bus.eventBusArn, ...who },
    });
  }
}
