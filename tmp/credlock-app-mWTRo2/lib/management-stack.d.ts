import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { GuardrailSettings } from '../guardrails/guardrail-settings';
import { Guardrails } from './guardrails';
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
export declare class ManagementStack extends Stack {
    readonly stackSet: OrganizationStackSet;
    /** Where some are on. */
    readonly guardrails?: Guardrails;
    constructor(scope: Construct, id: string, props: ManagementStackProps);
}
