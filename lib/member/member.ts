import { CfnCondition, Fn, Stack, Token, type ICfnConditionExpression } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { CloudTrailRule } from '../patterns/cloudtrail-rule';
import { observedPatterns, tamperingPattern, type NamedPattern } from '../patterns/event-patterns';
import { DEFAULT_WORKLOADS, type WorkloadName } from '../../lambda/detection/kinds/all-kinds';
import { patternFingerprint } from '../../lambda/detection/model/event-pattern';
import { forwardRole } from './forward-role';
import { MetadataNoTokenAlarm } from './metadata-no-token-alarm';
import { FORWARD_ROLE, named, NAMES } from '../names';
import { SubscriptionRoles } from './subscription-roles';
import { VerificationRole } from './verification-role';

/** Settings common to all members. */
export interface MemberSettings {
  /** Account of the hub. */
  readonly hubAccount: string;
  /** Region of the hub. */
  readonly hubRegion: string;
  /**
   * Kinds of workload whose calls are forwarded.
   *
   * @default - EC2 instances, ECS tasks, EKS pods and Lambda functions
   */
  readonly workloads?: readonly WorkloadName[];
  /**
   * Forward every call of every role session instead of those that look like a workload's.
   *
   * @default false
   */
  readonly forwardAll?: boolean;
  /**
   * The Region in which each account's verification role is created: a read-only role, with which the hub inspects addresses
   * and rules. IAM roles are global, so one Region creates it.
   *
   * @default - no verification role
   */
  readonly verificationRoleRegion?: string;
  /**
   * The Region in which each account's roles for subscribing audit logs of clusters are created.
   *
   * @default - no audit logs are read
   */
  readonly subscriptionRolesRegion?: string;
  /**
   * Roles of the hub account that may assume the verification role besides `credlock-watch` and `credlock-verify`: names with paths, `*` allowed.
   *
   * @default - none
   */
  readonly operatorRoles?: readonly string[];
  /**
   * Create an alarm for instances that request metadata without a token (IMDSv1); see `MetadataNoTokenAlarm`, also for its
   * cost.
   *
   * @default false
   */
  readonly metadataNoTokenAlarm?: boolean;
}

/** A rule that each member has on its default bus. */
export interface MemberRule {
  readonly name: string;
  /** Of its pattern. */
  readonly fingerprint: string;
}

/** The settings on which the rules' patterns depend. */
export interface RuleSettings extends Pick<MemberSettings, 'workloads' | 'forwardAll'> {
  /**
   * Audit logs of clusters are read.
   *
   * @default false
   */
  readonly kubernetes?: boolean;
}

/** The rules that each member has on its default bus. */
export function memberRules(settings: RuleSettings): MemberRule[] {
  return patternsOf(settings, '').map(({ name, pattern }) => ({
    name: named(name),
    fingerprint: patternFingerprint(pattern, ''),
  }));
}

function patternsOf(settings: RuleSettings, account: string): NamedPattern[] {
  const { workloads = DEFAULT_WORKLOADS, forwardAll = false, kubernetes = false } = settings;
  return [...observedPatterns({ workloads, forwardAll, account }), tamperingPattern({ account, kubernetes })];
}

/**
 * The part of credlock in a member account and Region: rules on the default bus that forward to the hub bus, and their
 * role. It has no assets and no parameters, so that any template service can deploy it. In the hub's own account and
 * Region it has no rules, because the hub has its own.
 */
export class Member extends Construct {
  /** Present with `metadataNoTokenAlarm`. */
  readonly noTokenAlarm?: MetadataNoTokenAlarm;
  /** By their expressions. */
  readonly #conditions = new Map<string, CfnCondition>();

  constructor(scope: Construct, id: string, settings: MemberSettings) {
    super(scope, id);
    const { hubAccount, hubRegion } = settings;
    const { partition, account } = Stack.of(this);
    const hubBusArn = `arn:${partition}:events:${hubRegion}:${hubAccount}:event-bus/${NAMES.hubBus}`;
    const role = forwardRole(this, FORWARD_ROLE, hubBusArn);
    const elsewhere = this.#outsideHub(hubAccount, hubRegion);
    const condition = typeof elsewhere === 'boolean' ? {} : { condition: elsewhere };
    const { subscriptionRolesRegion } = settings;
    const patterns = patternsOf({ ...settings, kubernetes: subscriptionRolesRegion !== undefined }, account);
    for (const pattern of elsewhere === false ? [] : patterns) {
      const target = { arn: hubBusArn, roleArn: role.attrArn };
      new CloudTrailRule(this, pattern.name, { pattern, target, ...condition });
    }
    this.#verificationRole(settings);
    this.#subscriptionRoles(settings);
    if (settings.metadataNoTokenAlarm) this.noTokenAlarm = new MetadataNoTokenAlarm(this, 'MetadataNoToken');
  }

  /** True outside the hub's account and Region; a condition where that is only known at deployment. */
  #outsideHub(hubAccount: string, hubRegion: string): boolean | CfnCondition {
    const { account, region } = Stack.of(this);
    const sameAccount = isSame(account, hubAccount);
    const sameRegion = isSame(region, hubRegion);
    if (sameAccount === false || sameRegion === false) return true;
    const [unknown, other] = [
      ...(sameAccount === undefined ? [Fn.conditionEquals(account, hubAccount)] : []),
      ...(sameRegion === undefined ? [Fn.conditionEquals(region, hubRegion)] : []),
    ];
    if (!unknown) return false;
    const here = other ? Fn.conditionAnd(unknown, other) : unknown;
    return this.#when('OutsideHub', Fn.conditionNot(here));
  }

  #verificationRole({ hubAccount, verificationRoleRegion, operatorRoles }: MemberSettings): void {
    if (verificationRoleRegion === undefined) return;
    const { partition, region } = Stack.of(this);
    const isHere = isSame(region, verificationRoleRegion);
    if (isHere === false) return;
    const inRegion = Fn.conditionEquals(region, verificationRoleRegion);
    new VerificationRole(this, 'Verification', {
      hubAccount,
      partition,
      ...(isHere === undefined && { condition: this.#when('RoleRegion', inRegion) }),
      ...(operatorRoles && { operatorRoles }),
    });
  }

  /** In the hub's account they belong to the hub. */
  #subscriptionRoles({ hubAccount, subscriptionRolesRegion }: MemberSettings): void {
    const { partition, account, region } = Stack.of(this);
    const isHub = isSame(account, hubAccount);
    const isHere = subscriptionRolesRegion !== undefined && isSame(region, subscriptionRolesRegion);
    if (isHub === true || isHere === false || subscriptionRolesRegion === undefined) return;
    const [one, other] = [
      ...(isHere === undefined ? [Fn.conditionEquals(region, subscriptionRolesRegion)] : []),
      ...(isHub === undefined ? [Fn.conditionNot(Fn.conditionEquals(account, hubAccount))] : []),
    ];
    const expression = one && other ? Fn.conditionAnd(one, other) : one;
    const condition = expression ? { condition: this.#when('SubscriptionRoles', expression) } : {};
    new SubscriptionRoles(this, 'Subscription', { hubAccount, account, partition, ...condition });
  }

  /** CloudFormation warns of two conditions with the same expression. */
  #when(id: string, expression: ICfnConditionExpression): CfnCondition {
    const text = JSON.stringify(Stack.of(this).resolve(expression));
    const condition = this.#conditions.get(text) ?? new CfnCondition(this, id, { expression });
    this.#conditions.set(text, condition);
    return condition;
  }
}

/** Undefined where it is only known at deployment. */
function isSame(one: string, other: string): boolean | undefined {
  if (one === other) return true;
  return Token.isUnresolved(one) || Token.isUnresolved(other) ? undefined : false;
}
