import { type CheckedGuardrails, type GuardrailName } from '../lambda/detection/guardrails/guardrail';
/** How one guardrail is switched on. */
export interface GuardrailChoice {
    /** Roots, organisational units or accounts it is attached to. @default to none: the policy exists and denies nothing */
    readonly attachTo: readonly string[];
    /** Role names, whatever their path (`*` and `?` are wildcards), or ARN patterns of roles. @default none */
    readonly exemptRoles: readonly string[];
    /** Services by their prefix in IAM actions; only for `own-vpc-only` and `own-address-only`. @default none */
    readonly exemptServices: readonly string[];
}
/** The settings of the guardrails, as the CLI's `--config` and the CDK context key `guardrails` have them. */
export interface GuardrailSettings {
    /** Those that are on. */
    readonly guardrails: ReadonlyMap<GuardrailName, GuardrailChoice>;
    /** 12 digits: policies do not touch it. @default null: not known */
    readonly managementAccount: string | null;
    /** `o-…`: needed by the resource control policy of `protect-credlock`. @default null: no resource control policy */
    readonly organizationId: string | null;
    /** Of the account's default: how many hops a metadata token travels; containers need 2. @default 2 */
    readonly hopLimit: number;
}
/** Every guardrail on, with nobody exempt and nothing attached: what a check asks about unless told otherwise. */
export declare const ALL_GUARDRAILS: GuardrailSettings;
/** Reads the settings; otherwise every fault there is, each with its path, what is allowed there and what was found. */
export declare function parseGuardrailSettings(value: unknown): {
    settings: GuardrailSettings;
} | {
    faults: string[];
};
/** What is to be checked; with names, only these guardrails, on or not. */
export declare function checkedGuardrails(settings: GuardrailSettings, only?: readonly GuardrailName[]): CheckedGuardrails;
/** Whether a guardrail is about the network an instance is in. */
export declare function isNetworkGuardrail(name: GuardrailName): boolean;
