import { Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { Hub } from '../hub/hub';
import { type HubProps } from '../hub/hub-props';

export interface HubStackProps extends StackProps, HubProps {
  /**
   * ARN of the event bus that findings are put on; overrides `findingsBus`.
   *
   * @default - the account's default bus
   */
  readonly findingsBusArn?: string;
}

/** The stack `credlock-hub`, or `credlock` for a single account: the whole hub. */
export class HubStack extends Stack {
  readonly hub: Hub;

  constructor(scope: Construct, id: string, props: HubStackProps = {}) {
    super(scope, id, { description: 'credlock: detects stolen workload credentials', ...props });
    const { findingsBusArn: arn } = props;
    const findingsBus = arn === undefined ? {} : { findingsBus: EventBus.fromEventBusArn(this, 'FindingsBus', arn) };
    this.hub = new Hub(this, 'Hub', { ...props, ...findingsBus });
  }
}
