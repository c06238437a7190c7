import { Token, type CfnCondition } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { MAX_PATTERN_CHARACTERS, type NamedPattern } from './event-patterns';
import { named } from '../names';

/** The target of a rule. */
export interface RuleTarget {
  /** ARN of a queue or an event bus of any account. */
  readonly arn: string;
  /**
   * ARN of the role that EventBridge assumes.
   *
   * @default - none; the policy of a queue allows the rule instead
   */
  readonly roleArn?: string;
  /**
   * ARN of the queue for events that could not be delivered within a day.
   *
   * @default - such events are lost
   */
  readonly deadLetterArn?: string;
}

export interface CloudTrailRuleProps {
  /** The pattern; the rule is named `credlock-<name>` after it. */
  readonly pattern: NamedPattern;
  readonly target: RuleTarget;
  /**
   * Name of the bus the rule is on.
   *
   * @default - the account's default bus, the only one that receives CloudTrail events
   */
  readonly busName?: string;
  /**
   * Match read-only calls too: most of an attacker's first calls, and every `AssumeRole`.
   *
   * @default true
   */
  readonly readOnlyEvents?: boolean;
  /**
   * Condition under which the rule is created.
   *
   * @default - always
   */
  readonly condition?: CfnCondition;
}

/** A rule for CloudTrail events, in the state in which EventBridge matches read-only calls. Throws for a pattern that is too long. */
export class CloudTrailRule extends Construct {
  readonly ruleName: string;
  readonly ruleArn: string;

  constructor(scope: Construct, id: string, props: CloudTrailRuleProps) {
    super(scope, id);
    const { pattern, target, busName, readOnlyEvents = true, condition } = props;
    const characters = JSON.stringify(pattern.pattern).length;
    if (!Token.isUnresolved(characters) && characters > MAX_PATTERN_CHARACTERS)
      throw new Error(
        `pattern of rule ${pattern.name} must have at most ${MAX_PATTERN_CHARACTERS} characters, got ${characters}`,
      );
    this.ruleName = named(pattern.name);
    const rule = new CfnRule(this, 'Resource', {
      name: this.ruleName,
      description: `credlock: ${pattern.description}`,
      // Needed on every bus on the way: a rule in state ENABLED drops read-only calls.
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
