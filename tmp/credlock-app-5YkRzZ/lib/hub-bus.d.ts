import { EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
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
export declare class HubBus extends Construct {
    #private;
    readonly bus: EventBus;
    constructor(scope: Construct, id: string, props?: HubBusProps);
}
