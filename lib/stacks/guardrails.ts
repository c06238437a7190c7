import { CfnPolicy } from 'aws-cdk-lib/aws-organizations';
import { Construct } from 'constructs';
import { guardrailPolicies, type GuardrailPolicy } from '../../guardrails/guardrail-policies';
import type { GuardrailSettings } from '../../guardrails/guardrail-settings';

export interface GuardrailsProps {
  /** Which guardrails are on, whom they leave alone, and what they are attached to: see `parseGuardrailSettings`. */
  readonly settings: GuardrailSettings;
  /**
   * What ARNs begin with: it cannot be left to deployment, as the length of policies is checked before.
   *
   * @default aws
   */
  readonly partition?: string;
}

/**
 * The policies of AWS Organizations that close the door to stolen instance keys: those that are on, attached to nothing
 * unless the settings say to what. Belongs into a stack of the management account, or of the account to which policies are
 * delegated. The types of policies must be switched on in the organisation. Throws where a policy is too long.
 */
export class Guardrails extends Construct {
  readonly policies: readonly CfnPolicy[];

  constructor(scope: Construct, id: string, { settings, partition }: GuardrailsProps) {
    super(scope, id);
    this.policies = guardrailPolicies(settings, partition).map((policy) => this.#policy(policy));
    // Organizations changes one thing at a time, and refuses what comes meanwhile.
    for (const [at, policy] of this.policies.entries()) {
      const before = this.policies[at - 1];
      if (before) policy.addResourceDependency(before);
    }
  }

  #policy({ type, name, description, content, attachTo }: GuardrailPolicy): CfnPolicy {
    return new CfnPolicy(this, name, {
      type,
      name,
      description,
      content,
      ...(attachTo.length > 0 && { targetIds: [...attachTo] }),
    });
  }
}
