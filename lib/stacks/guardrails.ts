import { CfnPolicy } from 'aws-cdk-lib/aws-organizations';
import { Construct } from 'constructs';
import { guardrailPolicies, type GuardrailPolicy } from '../../guardrails/guardrail-policies';
import type { GuardrailSettings } from '../../guardrails/guardrail-settings';

export interface GuardrailsProps {
  /** Enabled guardrails with their exemptions and targets, as returned by `parseGuardrailSettings`. */
  readonly settings: GuardrailSettings;
  /**
   * Partition of the ARNs in the policies. It must be known at synthesis, because the length of policies is checked then.
   *
   * @default aws
   */
  readonly partition?: string;
}

/**
 * The enabled guardrails as policies of AWS Organizations, attached only to the targets in the settings. For a stack of the
 * management account or of a delegated administrator for policies. The policy types must be enabled in the organisation.
 * Throws for a policy that is too long.
 */
export class Guardrails extends Construct {
  readonly policies: readonly CfnPolicy[];

  constructor(scope: Construct, id: string, { settings, partition }: GuardrailsProps) {
    super(scope, id);
    this.policies = guardrailPolicies(settings, partition).map((policy) => this.#policy(policy));
    // Organizations rejects concurrent changes.
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
