import { Construct } from 'constructs';
import { type WorkloadName } from './event-patterns';
import { MetadataNoTokenAlarm } from './metadata-no-token-alarm';
/** What is the same in every account and Region that is watched. */
export interface MemberSettings {
    /** Account of the hub. */
    readonly hubAccount: string;
    /** Region of the hub. */
    readonly hubRegion: string;
    /**
     * Kinds of workloads whose calls are forwarded.
     *
     * @default - EC2 instances, ECS tasks, EKS pods and Lambda functions
     */
    readonly workloads?: readonly WorkloadName[];
    /**
     * Forward every call of every role session.
     *
     * @default false
     */
    readonly forwardAll?: boolean;
    /**
     * The one Region of an account in which its read-only role is made, by which the hub looks at addresses and rules.
     *
     * @default - no such role
     */
    readonly verificationRoleRegion?: string;
    /**
     * Roles of the hub account that may assume that role, beside credlock's own; with their paths, `*` allowed.
     *
     * @default - none
     */
    readonly operatorRoles?: readonly string[];
    /**
     * An alarm that goes off while an instance of the account and Region asks for metadata without a token (IMDSv1): see
     * `MetadataNoTokenAlarm`, also for what it costs.
     *
     * @default false
     */
    readonly metadataNoTokenAlarm?: boolean;
}
/** The kinds that are watched unless told otherwise, as the settings have it. */
export declare const DEFAULT_WORKLOADS: readonly WorkloadName[];
/**
 * The part of credlock in an account and Region: rules on the default bus that forward to the hub's, and the role they do
 * it with. No assets and no parameters, so that any template service can deploy it. In the hub's own Region of its own
 * account there are no rules: the hub has its own.
 */
export declare class Member extends Construct {
    #private;
    /** Where it was asked for. */
    readonly noTokenAlarm?: MetadataNoTokenAlarm;
    constructor(scope: Construct, id: string, settings: MemberSettings);
}
