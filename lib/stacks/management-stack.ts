import { Stack, type StackProps } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { templateOnly } from './template-only';
import type { Construct } from 'constructs';
import type { GuardrailSettings } from '../../guardrails/guardrail-settings';
import { Guardrails } from './guardrails';
import { Member } from '../member/member';
import { OrganizationStackSet, type OrganizationStackSetProps } from './organization-stack-set';

export interface ManagementStackProps extends StackProps, OrganizationStackSetProps {
  /**
   * Guardrails to create as policies of the organisation, attached only to the targets they name.
   *
   * @default - none
   */
  readonly guardrails?: GuardrailSettings;
}

/**
 * The stack `credlock-management`: the StackSet for the organisation and, in the management account, that account's own
 * member in this Region, because StackSets never deploy to it.
 */
export class ManagementStack extends Stack {
  readonly stackSet: OrganizationStackSet;
  /** Present if at least one guardrail is enabled. */
  readonly guardrails?: Guardrails;

  constructor(scope: Construct, id: string, props: ManagementStackProps) {
    super(scope, id, {
      description: 'credlock: deploys members to the organisation',
      synthesizer: templateOnly(),
      ...props,
    });
    this.stackSet = new OrganizationStackSet(this, 'Members', props);
    if (props.caller !== 'delegated-admin') new Member(this, 'Member', props);
    const { guardrails, hubRegion } = props;
    if (!guardrails || guardrails.guardrails.size === 0) return;
    const { partition } = RegionInfo.get(hubRegion);
    this.guardrails = new Guardrails(this, 'Guardrails', { settings: guardrails, ...(partition && { partition }) });
  }
}
