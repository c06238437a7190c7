import { type CfnCondition } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type NamedPattern } from './event-patterns';
/** Where a rule sends what it matches. */
export interface RuleTarget {
    /** ARN of a queue or of an event bus, whichever account's. */
    readonly arn: string;
    /**
     * Role that EventBridge takes on to send.
     *
     * @default - none, as queues need: their own policy lets EventBridge in
     */
    readonly roleArn?: string;
    /**
     * Queue for what could not be sent in a day.
     *
     * @default - it is lost
     */
    readonly deadLetterArn?: string;
}
export interface CloudTrailRuleProps {
    /** What to match; its name names the rule. */
    readonly pattern: NamedPattern;
    readonly target: RuleTarget;
    /**
     * Name of the bus the rule is on.
     *
     * @default - the account's default bus, the only one that CloudTrail sends to
     */
    readonly busName?: string;
    /**
     * Whether calls that only read are wanted: most of what a thief does first, and every `AssumeRole`.
     *
     * @default true
     */
    readonly readOnlyEvents?: boolean;
    /**
     * Only where this holds.
     *
     * @default - always
     */
    readonly condition?: CfnCondition;
}
/** A rule for events of CloudTrail, with the state in which EventBridge gives it those of calls that only read. */
export declare class CloudTrailRule extends Construct {
    readonly ruleName: string;
    readonly ruleArn: string;
    constructor(scope: Construct, id: string, props: CloudTrailRuleProps);
}
