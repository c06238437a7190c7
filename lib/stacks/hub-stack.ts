import { Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { Hub } from '../hub/hub';
import { type HubProps } from '../hub/hub-props';

export interface HubStackProps extends StackProps, HubProps {
  /**
   * ARN of the bus findings are put on; takes the place of `findingsBus`.
   *
   * @default - the account's default bus
   */
  readonly findingsBusArn?: string;
}

/** `credlock-hub`, or `credlock` for a single account: all that runs. */
export class HubStack extends Stack {
  readonly hub: Hub;

  constructor(scope: Construct, id: string, props: HubStackProps = {}) {
    super(scope, id, { description: 'credlock: finds workload credentials that are used elsewhere', ...props });
    const { findingsBusArn: arn } = props;
    const findingsBus = arn === undefined ? {} : { findingsBus: EventBus.fromEventBusArn(this, 'FindingsBus', arn) };
    this.hub = new Hub(this, 'Hub', { ...props, ...findingsBus });
  }
}
