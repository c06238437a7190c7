import { CfnCondition, Fn, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { CloudTrailRule } from '../patterns/cloudtrail-rule';
import { observedPatterns, tamperingPattern, type NamedPattern } from '../patterns/event-patterns';
import { DEFAULT_WORKLOADS, type WorkloadName } from '../../lambda/detection/kinds/all-kinds';
import { patternFingerprint } from '../../lambda/detection/model/event-pattern';
import { forwardRole } from './forward-role';
import { MetadataNoTokenAlarm } from './metadata-no-token-alarm';
import { FORWARD_ROLE, named, NAMES } from '../names';
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

/** The rules that each member has on its default bus. */
export function memberRules(settings: Pick<MemberSettings, 'workloads' | 'forwardAll'>): MemberRule[] {
  return patternsOf(settings, '').map(({ name, pattern }) => ({
    name: named(name),
    fingerprint: patternFingerprint(pattern, ''),
  }));
}

function patternsOf(settings: Pick<MemberSettings, 'workloads' | 'forwardAll'>, account: string): NamedPattern[] {
  const { workloads = DEFAULT_WORKLOADS, forwardAll = false } = settings;
  return [...observedPatterns({ workloads, forwardAll, account }), tamperingPattern({ account })];
}

/**
 * The part of credlock in a member account and Region: rules on the default bus that forward to the hub bus, and their
 * role. It has no assets and no parameters, so that any template service can deploy it. In the hub's own account and
 * Region it has no rules, because the hub has its own.
 */
export class Member extends Construct {
  /** Present with `metadataNoTokenAlarm`. */
  readonly noTokenAlarm?: MetadataNoTokenAlarm;

  constructor(scope: Construct, id: string, settings: MemberSettings) {
    super(scope, id);
    const { hubAccount, hubRegion } = settings;
    const { partition, account } = Stack.of(this);
    const hubBusArn = `arn:${partition}:events:${hubRegion}:${hubAccount}:event-bus/${NAMES.hubBus}`;
    const role = forwardRole(this, FORWARD_ROLE, hubBusArn);
    const elsewhere = this.#outsideHub(hubAccount, hubRegion);
    const condition = typeof elsewhere === 'boolean' ? {} : { condition: elsewhere };
    const patterns = patternsOf(settings, account);
    for (const pattern of elsewhere === false ? [] : patterns) {
      const target = { arn: hubBusArn, roleArn: role.attrArn };
      new CloudTrailRule(this, pattern.name, { pattern, target, ...condition });
    }
    this.#verificationRole(settings);
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
    return new CfnCondition(this, 'OutsideHub', { expression: Fn.conditionNot(here) });
  }

  #verificationRole({ hubAccount, verificationRoleRegion, operatorRoles }: MemberSettings): void {
    if (verificationRoleRegion === undefined) return;
    const { partition, region } = Stack.of(this);
    const here = isSame(region, verificationRoleRegion);
    if (here === false) return;
    new VerificationRole(this, 'Verification', {
      hubAccount,
      partition,
      ...(here === undefined && { condition: this.#isRegion(verificationRoleRegion) }),
      ...(operatorRoles && { operatorRoles }),
    });
  }

  #isRegion(roleRegion: string): CfnCondition {
    const expression = Fn.conditionEquals(Stack.of(this).region, roleRegion);
    return new CfnCondition(this, 'RoleRegion', { expression });
  }
}

/** Undefined where it is only known at deployment. */
function isSame(one: string, other: string): boolean | undefined {
  if (one === other) return true;
  return Token.isUnresolved(one) || Token.isUnresolved(other) ? undefined : false;
}
