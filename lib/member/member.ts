import { CfnCondition, Fn, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { CloudTrailRule } from '../patterns/cloudtrail-rule';
import { observedPatterns, tamperingPattern, type NamedPattern } from '../patterns/event-patterns';
import { DEFAULT_WORKLOADS, type WorkloadName } from '../../lambda/detection/kinds/all-kinds';
import { forwardRole } from './forward-role';
import { MetadataNoTokenAlarm } from './metadata-no-token-alarm';
import { FORWARD_ROLE, named, NAMES } from '../names';
import { VerificationRole } from './verification-role';

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

/** The names of the rules that every member has on its default bus. */
export function memberRules(settings: Pick<MemberSettings, 'workloads' | 'forwardAll'>): string[] {
  return patternsOf(settings, '').map(({ name }) => named(name));
}

function patternsOf(settings: Pick<MemberSettings, 'workloads' | 'forwardAll'>, account: string): NamedPattern[] {
  const { workloads = DEFAULT_WORKLOADS, forwardAll = false } = settings;
  return [...observedPatterns({ workloads, forwardAll, account }), tamperingPattern({ account })];
}

/**
 * The part of credlock in an account and Region: rules on the default bus that forward to the hub's, and the role they do
 * it with. No assets and no parameters, so that any template service can deploy it. In the hub's own Region of its own
 * account there are no rules: the hub has its own.
 */
export class Member extends Construct {
  /** Where it was asked for. */
  readonly noTokenAlarm?: MetadataNoTokenAlarm;

  constructor(scope: Construct, id: string, settings: MemberSettings) {
    super(scope, id);
    const { hubAccount, hubRegion } = settings;
    const { partition, account } = Stack.of(this);
    const hubBusArn = `arn:${partition}:events:${hubRegion}:${hubAccount}:event-bus/${NAMES.hubBus}`;
    const role = forwardRole(this, FORWARD_ROLE, hubBusArn);
    const where = this.#awayFromHub(hubAccount, hubRegion);
    const condition = typeof where === 'boolean' ? {} : { condition: where };
    const patterns = patternsOf(settings, account);
    for (const pattern of where === false ? [] : patterns) {
      const target = { arn: hubBusArn, roleArn: role.attrArn };
      new CloudTrailRule(this, pattern.name, { pattern, target, ...condition });
    }
    this.#verificationRole(settings);
    if (settings.metadataNoTokenAlarm) this.noTokenAlarm = new MetadataNoTokenAlarm(this, 'MetadataNoToken');
  }

  /** Whether the stack is elsewhere than the hub, as far as that is known before it is deployed. */
  #awayFromHub(hubAccount: string, hubRegion: string): boolean | CfnCondition {
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
    return new CfnCondition(this, 'AwayFromTheHub', { expression: Fn.conditionNot(here) });
  }

  #verificationRole({ hubAccount, verificationRoleRegion, operatorRoles }: MemberSettings): void {
    if (verificationRoleRegion === undefined) return;
    const { partition, region } = Stack.of(this);
    const here = isSame(region, verificationRoleRegion);
    if (here === false) return;
    new VerificationRole(this, 'Verification', {
      hubAccount,
      partition,
      ...(here === undefined && { condition: this.#in(verificationRoleRegion) }),
      ...(operatorRoles && { operatorRoles }),
    });
  }

  #in(roleRegion: string): CfnCondition {
    const expression = Fn.conditionEquals(Stack.of(this).region, roleRegion);
    return new CfnCondition(this, 'RoleRegion', { expression });
  }
}

/** Undefined: not known before it is deployed. */
function isSame(one: string, other: string): boolean | undefined {
  if (one === other) return true;
  return Token.isUnresolved(one) || Token.isUnresolved(other) ? undefined : false;
}
