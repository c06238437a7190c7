import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Hub, type HubProps } from './hub';
export interface HubStackProps extends StackProps, HubProps {
    /**
     * ARN of the bus findings are put on; takes the place of `findingsBus`.
     *
     * @default - the account's default bus
     */
    readonly findingsBusArn?: string;
}
/** `credlock-hub`, or `credlock` for a single account: all that runs. */
export declare class HubStack extends Stack {
    readonly hub: Hub;
    constructor(scope: Construct, id: string, props?: HubStackProps);
}
