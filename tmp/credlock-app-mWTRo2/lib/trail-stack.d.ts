import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { TrailPlace } from './intake';
export interface TrailStackProps extends StackProps {
    readonly trail: TrailPlace;
    /** Account of the hub. */
    readonly hubAccount: string;
}
/**
 * `credlock-trail`: announces the log files of a trail to the hub, by a rule in the account and Region of its bucket, which
 * must tell EventBridge of new objects. The hub is in the same Region. In another account than the hub's, the bucket's policy
 * must let the hub read: the statement is printed, and an output.
 */
export declare class TrailStack extends Stack {
    #private;
    constructor(scope: Construct, id: string, props: TrailStackProps);
}
