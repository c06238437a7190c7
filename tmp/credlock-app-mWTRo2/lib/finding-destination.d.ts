import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { HandlerFunction } from './handler-function';
/** The sorts of places findings go to: each takes one. */
export type DestinationKind = 'security-hub' | 'event-bus' | 'topic';
/** A place findings go to. */
export interface IFindingDestination {
    readonly kind: DestinationKind;
    /** Lets the publishing handler say findings there, and tells it where. */
    bind(publisher: HandlerFunction): void;
}
/** Where findings go. Security Hub and a bus always do get them; people by SNS only where there is a topic. */
export declare class FindingDestination implements IFindingDestination {
    readonly kind: DestinationKind;
    readonly bind: (publisher: HandlerFunction) => void;
    /** Security Hub CSPM of the hub account and Region, which must be switched on. */
    static securityHub(): FindingDestination;
    /** An event bus, with source `credlock` and detail type `credlock Finding`. */
    static eventBus(bus: IEventBus): FindingDestination;
    /** A topic, for people: only findings of accounts whose mode is `live`. */
    static topic(topic: ITopic): FindingDestination;
    private constructor();
}
