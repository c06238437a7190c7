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
   * The guardrails that are on: policies of the organisation, attached to nothing unless they say to what.
   *
   * @default - none
   */
  readonly guardrails?: GuardrailSettings;
}

/**
 * `credlock-management`: the StackSet for the organisation, and, where the management account deploys it, that account's own
 * rules in this Region, as StackSets never reach it.
 */
export class ManagementStack extends Stack {
  readonly stackSet: OrganizationStackSet;
  /** Where some are on. */
  readonly guardrails?: Guardrails;

  constructor(scope: Construct, id: string, props: ManagementStackProps) {
    super(scope, id, {
      description: 'credlock: carries the member template to the organisation',
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
