/** The guardrails there are, in the order in which they are best switched on. The names are public: settings, CLI, files. */
export declare const GUARDRAILS: readonly ['protect-credlock', 'imds-defaults', 'launch-requires-imdsv2', 'modify-requires-imdsv2', 'deny-imdsv1-keys', 'own-vpc-only', 'own-address-only'];
export type GuardrailName = (typeof GUARDRAILS)[number];
/** Whom a guardrail leaves alone. */
export interface Exceptions {
    /** Role names, whatever their path, or ARN patterns with `*` and `?`. */
    readonly exemptRoles: readonly string[];
    /** Services by their prefix in IAM actions (`ssm`); only the guardrails on an instance's own network know them. */
    readonly exemptServices: readonly string[];
}
/** What is to be checked: the guardrails that are on, and whom each leaves alone. */
export interface CheckedGuardrails {
    readonly guardrails: ReadonlyMap<GuardrailName, Exceptions>;
    /** 12 digits; service and resource control policies do not touch it. Null where it is not known. */
    readonly managementAccount: string | null;
}
/**
 * How sure an answer is. Condition keys are not in the records, so it is `certain` only where the record has the very value
 * that a policy compares, `likely` where what it has implies it, and `unknown` where it leaves it open.
 */
export declare const CERTAINTIES: readonly ['certain', 'likely', 'unknown'];
export type Certainty = (typeof CERTAINTIES)[number];
/**
 * Names that are the project's own: what it deploys begins with this.
 */
export declare const OWN_PREFIX = "credlock";
/**
 * Actions of services whose clients pass no VPC endpoint, as AWS's data perimeter examples list them
 * (aws-samples/data-perimeter-policy-examples, network_perimeter_ec2_scp.json).
 */
export declare const WITHOUT_ENDPOINTS: readonly ['dax:*', 'elasticfilesystem:Client*', 'es:ESHttp*', 'kafka-cluster:*', 'neptune-db:*', 'rds-db:connect'];
/**
 * What `protect-credlock` denies on resources whose name begins with `credlock`, by service: IAM actions with the resources
 * they are about.
 */
export declare const PROTECTED: readonly {
    readonly service: string;
    readonly actions: readonly string[];
    /** ARNs without their partition. */
    readonly resources: readonly string[];
}[];
/** The names of records that `protect-credlock` may be about. */
export declare const PROTECTED_EVENTS: readonly string[];
/**
 * Who deploys, unless told otherwise: the roles of `cdk bootstrap` and of service-managed StackSets, which change what
 * others must not.
 */
export declare const DEPLOYERS: readonly ['cdk-*', 'stacksets-exec-*'];
