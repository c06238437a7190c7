import { Duration } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
export interface WorkQueueProps {
    /** Last part of its name: `credlock-<name>`; its dead letters are in `credlock-<name>-dead`. */
    readonly name: string;
    /** How long a message stays hidden while somebody works on it: also how long it takes to come again. */
    readonly visibility: Duration;
    /**
     * How often a message comes before it is a dead letter.
     *
     * @default 8
     */
    readonly attempts?: number;
    /**
     * Key that encrypts the messages.
     *
     * @default - a key of SQS's own
     */
    readonly encryptionKey?: IKey;
}
/** A queue, and the queue of what could not be done: both encrypted, neither to be reached without TLS, both kept for 14 days. */
export declare class WorkQueue extends Construct {
    readonly queue: Queue;
    readonly deadLetters: Queue;
    constructor(scope: Construct, id: string, props: WorkQueueProps);
    /** Lets rules of ours in this account and Region, on its default bus and on the hub's, send to the queue. */
    grantSendFromRules(): void;
    /** Seconds the oldest message has been waiting, those that are delayed on purpose included. */
    metricOldestAge(): Metric;
    /** Messages that could not be dealt with. */
    metricDeadLetters(): Metric;
}
/** What all queues have in common. */
export declare function queueDefaults(encryptionKey: IKey | undefined): {
    retentionPeriod: Duration;
    enforceSSL: boolean;
    encryption: QueueEncryption;
    encryptionMasterKey: IKey;
} | {
    retentionPeriod: Duration;
    enforceSSL: boolean;
    encryption: QueueEncryption;
};
/** Lets rules of ours in this account and Region send to a queue. */
export declare function allowRules(queue: Queue): void;
