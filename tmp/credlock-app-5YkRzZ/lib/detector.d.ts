import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ConfigBucket } from './config-bucket';
import { type IFindingDestination } from './finding-destination';
import { HandlerFunction } from './handler-function';
import { type DeployedHandler } from './handlers';
import type { TrailPlace } from './intake';
import { LockTable } from './lock-table';
import { WorkQueue } from './work-queue';
export interface DetectorProps {
    /**
     * The first settings, as the config file of `credlock replay` has them. Later ones are edited in the config bucket.
     *
     * @default - none, so that each has its default
     */
    readonly settings?: Readonly<Record<string, unknown>>;
    /**
     * Where findings go, beside Security Hub and the account's default event bus.
     *
     * @default - nowhere else
     */
    readonly destinations?: readonly IFindingDestination[];
    /**
     * The trail whose log files are read: instead of events, or by `credlock backfill`.
     *
     * @default - none
     */
    readonly trail?: TrailPlace;
    /**
     * Organisation whose accounts have the verification role, so that canaries sing in all of them.
     *
     * @default - canaries sing in the hub account alone
     */
    readonly verifiedOrganization?: string;
    /**
     * Whether people are told once a week which roles still get their keys by IMDSv1; needs a topic among the destinations.
     *
     * @default false
     */
    readonly postureSummary?: boolean;
    /**
     * How long logs are kept.
     *
     * @default RetentionDays.THREE_MONTHS
     */
    readonly logRetention?: RetentionDays;
    /**
     * Key of yours that encrypts table, queues, bucket and logs. Its policy must let `events.amazonaws.com` and CloudWatch Logs
     * use it, as `DetectorKey`'s does.
     *
     * @default - keys of AWS's own
     */
    readonly encryptionKey?: IKey;
}
/** What runs: the lock table, the config bucket, the handlers and the queues between them. */
export declare class Detector extends Construct {
    #private;
    readonly lockTable: LockTable;
    readonly config: ConfigBucket;
    readonly observeQueue: WorkQueue;
    readonly delayedQueue: WorkQueue;
    readonly publishingQueue: WorkQueue;
    readonly watchQueue: WorkQueue;
    /** Messages nobody can read, for people to look at. */
    readonly quarantineQueue: Queue;
    readonly handlers: Readonly<Record<DeployedHandler, HandlerFunction>>;
    constructor(scope: Construct, id: string, props?: DetectorProps);
}
