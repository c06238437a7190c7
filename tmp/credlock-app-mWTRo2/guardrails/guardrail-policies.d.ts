import { type GuardrailName } from '../lambda/detection/guardrails/guardrail';
import type { GuardrailSettings } from './guardrail-settings';
/** As AWS Organizations names the kinds of policies. */
export type PolicyType = 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY' | 'DECLARATIVE_POLICY_EC2';
/** What AWS Organizations takes, in characters without white space (Organizations user guide, "Quotas"). */
export declare const POLICY_LIMITS: Readonly<Record<PolicyType, number>>;
/** One statement, or one attribute of a declarative policy, in one line, and where AWS documents it. */
export interface Explained {
    readonly sid: string;
    readonly says: string;
    readonly source: string;
}
/** A policy of AWS Organizations, ready to be created. */
export interface GuardrailPolicy {
    readonly guardrail: GuardrailName;
    readonly type: PolicyType;
    /** Unique: `credlock-own-vpc-only`. */
    readonly name: string;
    /** At most 512 characters. */
    readonly description: string;
    readonly content: object;
    readonly explained: readonly Explained[];
    readonly attachTo: readonly string[];
}
/**
 * The policies of the guardrails that are on. Throws an `Error` that names the guardrail where one is longer than AWS
 * Organizations takes.
 *
 * @param partition `aws`, `aws-cn` or `aws-us-gov`: what ARNs begin with. @default aws
 */
export declare function guardrailPolicies(settings: GuardrailSettings, partition?: string): GuardrailPolicy[];
