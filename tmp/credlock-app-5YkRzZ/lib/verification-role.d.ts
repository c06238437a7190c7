import { type CfnCondition } from 'aws-cdk-lib';
import { Construct } from 'constructs';
export interface VerificationRoleProps {
    /** Account of the hub, whose roles may assume it. */
    readonly hubAccount: string;
    /** Partition of both accounts. */
    readonly partition: string;
    /**
     * Roles of the hub account, beside credlock's own, that may assume it: people who seed and ask the doctor. Names with their
     * path, `*` allowed: `aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Security_*`.
     *
     * @default - none
     */
    readonly operatorRoles?: readonly string[];
    /**
     * Only where this holds: one Region of an account, as roles are global.
     *
     * @default - always
     */
    readonly condition?: CfnCondition;
}
/** What AWS lets nobody narrow to a resource: descriptions of EC2, and lists. */
export declare const UNNARROWED_ACTIONS: readonly ['cloudtrail:DescribeTrails', 'ec2:DescribeAddresses', 'ec2:DescribeInstances', 'ec2:DescribeNatGateways', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeVpcEndpoints', 'events:ListRules'];
/** The read-only role in a member account. */
export declare class VerificationRole extends Construct {
    constructor(scope: Construct, id: string, props: VerificationRoleProps);
}
