import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type WorkloadName } from './event-patterns';
import type { HubBus } from './hub-bus';
import { type WorkQueue } from './work-queue';
/** Log files that are announced. */
export interface TrailPlace {
    /** Name of the bucket, which must be in the hub's Region. */
    readonly bucketName: string;
    /** Account it belongs to. */
    readonly bucketOwner: string;
    /**
     * What stands before `AWSLogs/` in its keys: empty, or ending in a slash.
     *
     * @default - nothing
     */
    readonly prefix?: string;
    /**
     * ARN of the KMS key its objects are encrypted with.
     *
     * @default - none, or one of S3's own
     */
    readonly keyArn?: string;
}
export interface IntakeProps {
    readonly hubBus: HubBus;
    /** Where what is to be observed goes. */
    readonly observe: WorkQueue;
    /** Where changes of the detector go. */
    readonly watch: WorkQueue;
    /** Kinds of workloads whose calls are wanted. */
    readonly workloads: readonly WorkloadName[];
    readonly forwardAll: boolean;
    /** Whether events are observed. Where records come in the log files of a trail instead, they are not. */
    readonly events: boolean;
    /**
     * The trail whose log files another account announces on the hub bus.
     *
     * @default - none
     */
    readonly forwardedTrail?: TrailPlace;
    /**
     * @default - a key of SQS's own
     */
    readonly encryptionKey?: IKey;
}
/** The rules in the hub's own Region: on its account's default bus, and on the hub bus. */
export declare class Intake extends Construct {
    #private;
    /** Events that a rule could not hand over. */
    readonly undelivered: Queue;
    constructor(scope: Construct, id: string, props: IntakeProps);
    /** Events that a rule could not hand over, waiting to be looked at. */
    metricUndelivered(): Metric;
}
