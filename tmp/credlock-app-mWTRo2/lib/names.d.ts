/**
 * The names of everything that is named: all begin alike, so that changes of them are seen as tampering and other
 * accounts' policies can speak of them before they exist.
 */
export declare const NAMES: {
    readonly hubBus: "credlock-hub";
    readonly lockTable: "credlock-locks";
    readonly canaryRole: "credlock-canary";
    readonly verificationRole: "credlock-verification";
    readonly findingsTopic: "credlock-findings";
    readonly alarmsTopic: "credlock-alarms";
    readonly dashboard: "credlock";
    readonly stackSet: "credlock-member";
    /** Bucket names are shared by all accounts, hence the rest. */
    readonly configBucket: `credlock-config-${string}-${string}`;
};
/** Keys in the config bucket. */
export declare const CONFIG_KEYS: {
    readonly settings: 'settings.json';
    readonly ipRanges: 'ip-ranges.json';
    readonly learning: 'learning.json';
};
/** Names of the stacks. */
export declare const STACKS: {
    readonly hub: "credlock-hub";
    readonly single: "credlock";
    readonly member: "credlock-member";
    readonly management: "credlock-management";
    readonly trail: "credlock-trail";
};
/** A name of ours: of a queue, a function, a rule, an alarm. */
export declare function named(part: string): string;
/** Roles are global, rules are not: the role that forwards for the rules of a Region is named for it. */
export declare const FORWARD_ROLE: string;
