import { Token, type CfnCondition } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { MOST_CHARACTERS, type NamedPattern } from './event-patterns';
import { named } from '../names';

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
export class CloudTrailRule extends Construct {
  readonly ruleName: string;
  readonly ruleArn: string;

  constructor(scope: Construct, id: string, props: CloudTrailRuleProps) {
    super(scope, id);
    const { pattern, target, busName, readOnlyEvents = true, condition } = props;
    const characters = JSON.stringify(pattern.pattern).length;
    if (!Token.isUnresolved(characters) && characters > MOST_CHARACTERS)
      throw new Error(
        `pattern of rule ${pattern.name} must have at most ${MOST_CHARACTERS} characters, got ${characters}`,
      );
    this.ruleName = named(pattern.name);
    const rule = new CfnRule(this, 'Resource', {
      name: this.ruleName,
      description: `credlock: ${pattern.carries}`,
      // On every bus on the way: with ENABLED on one of them, read-only calls are dropped there.
      state: readOnlyEvents ? 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' : 'ENABLED',
      eventPattern: pattern.pattern,
      targets: [
        {
          id: 'credlock',
          arn: target.arn,
          ...(target.roleArn !== undefined && { roleArn: target.roleArn }),
          ...(target.deadLetterArn !== undefined && { deadLetterConfig: { arn: target.deadLetterArn } }),
        },
      ],
      ...(busName !== undefined && { eventBusName: busName }),
    });
    if (condition) rule.cfnOptions.condition = condition;
    this.ruleArn = rule.attrArn;
  }
}
