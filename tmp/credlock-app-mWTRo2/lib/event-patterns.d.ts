/**
 * What the rules of a deployment match, as plain data: the same for the hub, the members and the tests. Nothing in a
 * pattern names a partition or a Region.
 */
/** A condition on one field, in EventBridge's own words. A list of them is true where one is. */
export type Condition = string | boolean | {
    readonly exists: boolean;
} | {
    readonly prefix: string;
} | {
    readonly suffix: string;
} | {
    readonly wildcard: string;
} | {
    readonly 'anything-but': {
        readonly wildcard: readonly string[];
    };
};
/** What is to hold of an object of the event: for each field named, one of its conditions; of `$or`, one entry. */
export interface Fields {
    readonly [field: string]: readonly Condition[] | readonly Fields[] | Fields;
}
/** The kinds of workloads, as the setting `workloads` names them. */
export declare const WORKLOADS: readonly ['ec2-instance', 'ecs-task', 'eks-pod', 'lambda-function', 'service-session'];
export type WorkloadName = (typeof WORKLOADS)[number];
/** What decides which events are forwarded. */
export interface PatternSettings {
    /** Kinds of workloads whose calls are wanted. */
    readonly workloads: readonly WorkloadName[];
    /** Every call of every role session instead of those that look like a workload's: nothing is left out, at a price. */
    readonly forwardAll: boolean;
    /** Only events of this account: rules on buses that may receive those of others need it (a token will do). */
    readonly account: string;
}
/** A pattern, and the last part of its rule's name: `credlock-<name>`. */
export interface NamedPattern {
    readonly name: string;
    /** What it lets through, in words. */
    readonly carries: string;
    readonly pattern: Fields;
}
/** Session name of the call by which the way from CloudTrail to the lock table is proven to work. */
export declare const CANARY_SESSION = "credlock-canary";
/** What a sample theft is put on the hub bus with; AWS lets nobody use an `aws.` source. */
export declare const SIMULATION: {
    readonly source: 'credlock.simulation';
    readonly detailType: 'AWS API Call via CloudTrail';
};
/** With what every physical name of a deployment begins. */
export declare const NAME_PREFIX = "credlock";
/** Characters a pattern may have as JSON (EventBridge's quota, adjustable). */
export declare const MOST_CHARACTERS = 2048;
/** Rules with wildcards a bus may have (EventBridge's quota, not adjustable). */
export declare const MOST_WILDCARD_RULES = 30;
/** The patterns of what is forwarded to be observed: calls of workloads, keys issued, changes of the network, the canary. */
export declare function observedPatterns(settings: PatternSettings): NamedPattern[];
/** What is done to the detector itself, or to a trail. */
export declare function tamperingPattern({ account }: Pick<PatternSettings, 'account'>): NamedPattern;
/** All a rule on the hub bus lets through to be observed: what the members forwarded was chosen there. */
export declare function forwardedPattern(): NamedPattern;
/** As `tamperingPattern`, of all accounts that forward to the hub bus. */
export declare function forwardedTamperingPattern(): NamedPattern;
/** Sample thefts that the hub account itself put on the hub bus. */
export declare function simulationPattern({ account }: Pick<PatternSettings, 'account'>): NamedPattern;
/** Log files that CloudTrail wrote under `prefix` (empty, or ending in a slash) of a bucket that tells EventBridge. */
export declare function trailObjectsPattern(bucket: string, prefix: string, account: string): NamedPattern;
/** A change of one of these objects of the config bucket, as `rejudge` waits for. */
export declare function configChangePattern(bucket: string, keys: readonly string[]): Fields;
