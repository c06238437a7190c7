import * as z from 'zod';
/**
 * The contract between what is deployed (`lib/`) and what runs: the names of the environment variables, and of what the
 * handlers publish. `lib/` sets them, the handlers' entry points read them, nobody else knows them.
 *
 * Each variable by the property a handler sees it as.
 */
export declare const ENV: {
    /** The DynamoDB table: partition key `pk` and sort key `sk`, both strings; TTL attribute `expires`. */
    readonly lockTable: 'CREDLOCK_LOCK_TABLE';
    /** SQS queue from which `confirm` is fed: suspicions wait there for up to 15 minutes. */
    readonly delayedQueueUrl: 'CREDLOCK_DELAYED_QUEUE_URL';
    /** SQS queue from which `publish` is fed: findings on their way to the sinks. */
    readonly publishingQueueUrl: 'CREDLOCK_PUBLISHING_QUEUE_URL';
    /** SQS queue of messages nobody can read, with the reason as an attribute, for people to look at. */
    readonly quarantineQueueUrl: 'CREDLOCK_QUARANTINE_QUEUE_URL';
    /** S3 bucket, owned by `hubAccount`, of the settings and of ip-ranges.json. Versioned, so that an edit can be taken back. */
    readonly configBucket: 'CREDLOCK_CONFIG_BUCKET';
    /** Key of the settings: JSON, the same table of settings as the CLI's config file. */
    readonly settingsKey: 'CREDLOCK_SETTINGS_KEY';
    /** Key of AWS's ip-ranges.json. There may be none yet: then first uses are accepted unverified. */
    readonly ipRangesKey: 'CREDLOCK_IP_RANGES_KEY';
    /** Key under which `rejudge` keeps a list of what accounts in `learn` mode would say. */
    readonly learningKey: 'CREDLOCK_LEARNING_KEY';
    /** Where ip-ranges.json is downloaded from. Optional: AWS's own address. */
    readonly ipRangesUrl: 'CREDLOCK_IP_RANGES_URL';
    /** S3 bucket of the CloudTrail log files. Optional: without it only events are read. */
    readonly trailBucket: 'CREDLOCK_TRAIL_BUCKET';
    /** The account that bucket belongs to; needed with it. */
    readonly trailBucketOwner: 'CREDLOCK_TRAIL_BUCKET_OWNER';
    /** What stands before `AWSLogs/` in its keys. Optional: nothing. */
    readonly trailPrefix: 'CREDLOCK_TRAIL_PREFIX';
    /** The account everything runs in, and for which findings are imported into Security Hub. */
    readonly hubAccount: 'CREDLOCK_HUB_ACCOUNT';
    /** Its partition: `aws`, `aws-cn`, `aws-us-gov`, … */
    readonly hubPartition: 'CREDLOCK_HUB_PARTITION';
    /** The Region of Security Hub and of the bus. Set by Lambda itself. */
    readonly hubRegion: 'AWS_REGION';
    /** Name or ARN of the EventBridge bus that findings are put on. */
    readonly findingsBus: 'CREDLOCK_FINDINGS_BUS';
    /** SNS topic for people. Optional: nobody is told by SNS. */
    readonly findingsTopicArn: 'CREDLOCK_FINDINGS_TOPIC_ARN';
    /** Name of the read-only role in every member account. Optional: without it canaries sing in the hub account alone. */
    readonly verificationRole: 'CREDLOCK_VERIFICATION_ROLE';
    /** Name of the role in the hub account, without permissions, that is assumed as a canary. Optional: none sings there. */
    readonly canaryRole: 'CREDLOCK_CANARY_ROLE';
    /** Regions in which members forward, with commas. Optional: canaries sing where something was heard. */
    readonly regions: 'CREDLOCK_REGIONS';
};
export type Variable = keyof typeof ENV;
declare const SCHEMAS: {
    readonly observe: z.ZodObject<{
        configBucket: z.ZodString;
        settingsKey: z.ZodString;
        ipRangesKey: z.ZodString;
        hubAccount: z.ZodString;
        lockTable: z.ZodString;
        delayedQueueUrl: z.ZodString;
        quarantineQueueUrl: z.ZodString;
        trailBucket: z.ZodDefault<z.ZodNullable<z.ZodString>>;
        trailBucketOwner: z.ZodDefault<z.ZodNullable<z.ZodString>>;
        trailPrefix: z.ZodDefault<z.ZodString>;
    }, z.core.$strip>;
    readonly confirm: z.ZodObject<{
        configBucket: z.ZodString;
        settingsKey: z.ZodString;
        ipRangesKey: z.ZodString;
        hubAccount: z.ZodString;
        lockTable: z.ZodString;
        delayedQueueUrl: z.ZodString;
        publishingQueueUrl: z.ZodString;
        quarantineQueueUrl: z.ZodString;
    }, z.core.$strip>;
    readonly publish: z.ZodObject<{
        hubAccount: z.ZodString;
        hubPartition: z.ZodString;
        hubRegion: z.ZodString;
        findingsBus: z.ZodString;
        findingsTopicArn: z.ZodDefault<z.ZodNullable<z.ZodString>>;
    }, z.core.$strip>;
    readonly rejudge: z.ZodObject<{
        configBucket: z.ZodString;
        settingsKey: z.ZodString;
        ipRangesKey: z.ZodString;
        hubAccount: z.ZodString;
        lockTable: z.ZodString;
        delayedQueueUrl: z.ZodString;
        learningKey: z.ZodString;
    }, z.core.$strip>;
    readonly refreshIpRanges: z.ZodObject<{
        configBucket: z.ZodString;
        ipRangesKey: z.ZodString;
        hubAccount: z.ZodString;
        ipRangesUrl: z.ZodDefault<z.ZodString>;
    }, z.core.$strip>;
    readonly watch: z.ZodObject<{
        configBucket: z.ZodString;
        settingsKey: z.ZodString;
        ipRangesKey: z.ZodString;
        hubAccount: z.ZodString;
        lockTable: z.ZodString;
        publishingQueueUrl: z.ZodString;
        quarantineQueueUrl: z.ZodString;
        trailBucket: z.ZodDefault<z.ZodNullable<z.ZodString>>;
        hubPartition: z.ZodString;
        hubRegion: z.ZodString;
        verificationRole: z.ZodDefault<z.ZodNullable<z.ZodString>>;
        canaryRole: z.ZodDefault<z.ZodNullable<z.ZodString>>;
        regions: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>>>;
    }, z.core.$strip>;
    readonly posture: z.ZodObject<{
        configBucket: z.ZodString;
        settingsKey: z.ZodString;
        ipRangesKey: z.ZodString;
        hubAccount: z.ZodString;
        lockTable: z.ZodString;
        hubPartition: z.ZodString;
        hubRegion: z.ZodString;
        findingsTopicArn: z.ZodDefault<z.ZodNullable<z.ZodString>>;
    }, z.core.$strip>;
};
/** The handlers that are deployed. */
export type HandlerName = keyof typeof SCHEMAS;
/** What a handler knows of its surroundings. Optional variables that are not set are null, or have their default. */
export type Environment<Name extends HandlerName> = z.infer<(typeof SCHEMAS)[Name]>;
/** Environment variables as a process has them: an empty one counts as not set. */
export type Variables = Readonly<Record<string, string | undefined>>;
export declare const observeEnvironment: (from: Variables) => Environment<'observe'>;
export declare const confirmEnvironment: (from: Variables) => Environment<'confirm'>;
export declare const publishEnvironment: (from: Variables) => Environment<'publish'>;
export declare const rejudgeEnvironment: (from: Variables) => Environment<'rejudge'>;
export declare const refreshIpRangesEnvironment: (from: Variables) => Environment<'refreshIpRanges'>;
export declare const postureEnvironment: (from: Variables) => Environment<'posture'>;
export declare const watchEnvironment: (from: Variables) => Environment<'watch'>;
/** The names of the variables a handler must, and may, be given. */
export declare function variablesOf(handler: HandlerName): {
    readonly required: string[];
    readonly optional: string[];
};
/** As what findings are put on the bus. `detail` is the finding, as documented under `credlock.finding/1`. */
export declare const FINDING_EVENT: {
    readonly source: 'credlock';
    readonly detailType: 'credlock Finding';
};
/** What the schedules of `watch` give it: the first every 15 minutes, the second every hour. */
export declare const WATCH_TASKS: {
    readonly canary: {
        readonly task: 'canary';
    };
    readonly silence: {
        readonly task: 'silence';
    };
};
/** What the schedules of `posture` give it: the first every day, the second once a week, where people want to be told. */
export declare const POSTURE_TASKS: {
    readonly daily: {
        readonly task: 'daily';
    };
    readonly summary: {
        readonly task: 'summary';
    };
};
/** Session name of the roles that `watch` assumes as canaries: by it the rules know their events. */
export declare const CANARY_SESSION = "credlock-canary";
/** Source of the events that `credlock simulate` puts on the hub's bus. */
export declare const SIMULATION_SOURCE = "credlock.simulation";
/**
 * The metrics, all in this namespace and with the handler's name (as of `HandlerName`) as the dimension `service`. Those that
 * are counted by something have it as a second dimension in metrics beside their sum.
 */
export declare const METRIC_NAMESPACE = "credlock";
export declare const METRICS: {
    /** CloudTrail records read. */
    readonly recordsRead: 'RecordsRead';
    /** Records that gave no fact. By `reason`. */
    readonly recordsSkipped: 'RecordsSkipped';
    /** Facts read from records, known ones included. */
    readonly facts: 'Facts';
    /** Workloads judged because a fact about them came. */
    readonly workloadsJudged: 'WorkloadsJudged';
    /** Sightings of the workloads judged that only look like their own. */
    readonly unprovenCalls: 'UnprovenCalls';
    /** Milliseconds from the earliest event of a batch to its judgement. */
    readonly lag: 'Lag';
    /** Suspicions handed on to be confirmed. */
    readonly suspicionsAsked: 'SuspicionsAsked';
    /** Workloads settled. */
    readonly workloadsSettled: 'WorkloadsSettled';
    /** Suspicions that had to wait for their hold to pass. */
    readonly suspicionsHeld: 'SuspicionsHeld';
    /** Workloads that were suspected and have no finding: later facts explained it. */
    readonly suspicionsExplained: 'SuspicionsExplained';
    /** Findings that became active. By `mode`. */
    readonly findingsConfirmed: 'FindingsConfirmed';
    /** Findings said again with more in them. */
    readonly findingsUpdated: 'FindingsUpdated';
    /** Active findings taken back. */
    readonly findingsWithdrawn: 'FindingsWithdrawn';
    /** Findings that a suppression hides. */
    readonly findingsSuppressed: 'FindingsSuppressed';
    /** Findings imported, put and told. By `sink`. */
    readonly findingsPublished: 'FindingsPublished';
    /** Findings a sink refused. By `sink`. */
    readonly publishingFailed: 'PublishingFailed';
    /** Messages for another try. */
    readonly messagesRetried: 'MessagesRetried';
    /** Messages or records put into quarantine. By `reason`. */
    readonly setAside: 'SetAside';
    /** Messages with nothing in them to read. By `reason`. */
    readonly messagesIgnored: 'MessagesIgnored';
    /** Open findings asked to be judged again. */
    readonly findingsRejudged: 'FindingsRejudged';
    /** Settings that were not taken because of faults in them. */
    readonly settingsRejected: 'SettingsRejected';
    /** Roles whose keys were got by IMDSv1 within the quiet days. By `account`. */
    readonly rolesOnImdsV1: 'RolesOnImdsV1';
    /** Instances, counted for each role, that got keys by IMDSv1 within the quiet days. By `account`. */
    readonly instancesOnImdsV1: 'InstancesOnImdsV1';
    /** Address ranges that were not taken because of faults in them, or could not be downloaded. */
    readonly ipRangesRejected: 'IpRangesRejected';
    /** Address ranges that are missing, or older than AWS ever leaves them. Looked at every hour. */
    readonly ipRangesStale: 'IpRangesStale';
    /** Records that came from `credlock simulate`. */
    readonly samplesRead: 'SamplesRead';
    /** Heartbeats that could not be written, and will be with the next records. */
    readonly heartbeatsFailed: 'HeartbeatsFailed';
    /** Canaries that were let out: none for an hour means that `watch` does not work. */
    readonly canariesSent: 'CanariesSent';
    /** Roles that could not be assumed as canaries. */
    readonly canariesRefused: 'CanariesRefused';
    /** Accounts and Regions whose canary was sent half an hour ago, or longer, and not heard. */
    readonly canariesMissing: 'CanariesMissing';
    /** Accounts and Regions that used to be heard and fell silent. Counted every hour, as long as it lasts, for a week. */
    readonly silentSources: 'SilentSources';
    /** Kinds of workload that used to be heard, in accounts and Regions of which others still are. */
    readonly silentKinds: 'SilentKinds';
    /** Calls that switched off, deleted or changed parts of the detector, or a trail, and were told. By `part`. */
    readonly tamperings: 'Tamperings';
};
export type MetricName = (typeof METRICS)[keyof typeof METRICS];
export {};
