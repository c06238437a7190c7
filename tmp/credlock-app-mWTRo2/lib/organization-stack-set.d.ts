import { CfnStackSet } from 'aws-cdk-lib/aws-cloudformation';
import { Construct } from 'constructs';
import type { MemberSettings } from './member';
export interface OrganizationStackSetProps extends MemberSettings {
    /** Ids of the organisational units (`ou-…`), or of the root (`r-…`) for the whole organisation. */
    readonly targetOus: readonly string[];
    /** Regions of the members. */
    readonly regions: readonly string[];
    /**
     * Whether it is deployed by the management account or by a delegated administrator of CloudFormation StackSets.
     *
     * @default management
     */
    readonly caller?: 'management' | 'delegated-admin';
}
/** Bytes a template may have inside another one (CloudFormation's quota). */
export declare const MOST_TEMPLATE_BYTES = 51200;
/**
 * Carries the member template to the accounts of an organisation, those to come included. The management account itself is
 * left out by CloudFormation: it needs `MemberStack`s of its own.
 */
export declare class OrganizationStackSet extends Construct {
    readonly stackSet: CfnStackSet;
    constructor(scope: Construct, id: string, props: OrganizationStackSetProps);
}
/** The member template as JSON text, as it is deployed by itself too. */
export declare function memberTemplate(settings: MemberSettings): string;
