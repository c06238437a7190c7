import type { CloudTrailRecord } from './cloudtrail-record';
import type { Fields } from './event-pattern';
import type { FindingWorkload } from './finding';
import type { Workload } from './workload';

/** An issuance of credentials to a workload, as read from its record. */
export interface IssuedTo {
  readonly workload: Workload;
  /** The session and access key issued. */
  readonly session: { readonly arn: string; readonly accessKeyId: string | null; readonly expires: number | null };
  /** The workload's Region where the record proves it, never the endpoint called; `GLOBAL` where it runs in all of them. */
  readonly region: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  /** True when the workload itself asked for the credentials, so that the origin of that call is its own. */
  readonly askedByWorkload: boolean;
}

/** The workload that a call's record names, and how. */
export interface NamedBy {
  readonly workload: Workload;
  readonly shown: 'scope' | 'delivery' | 'shape';
  readonly region: string | null;
}

/** The parts of `arn:<partition>:sts::<account>:assumed-role/<role>/<name>`. */
export interface SessionArn {
  readonly partition: string;
  readonly account: string;
  /** Role name without its path; may hold a colon (`aws:ec2-instance`). */
  readonly role: string;
  readonly name: string;
}

/**
 * How sessions of a kind get their lock.
 * - `first-use`: the first plausible use on each path is the workload's (EC2, ECS, pods).
 * - `aws-address`: any AWS address of the workload's Region is accepted, none is learned (Lambda).
 * - `issuing-origin`: the origins that asked for credentials are the workload's (IRSA).
 */
export type LockPolicy = 'first-use' | 'aws-address' | 'issuing-origin';

/** How EventBridge rules recognise the records of a kind. */
export interface WorkloadEvents {
  /** Calls that are, or look like, those of such a workload; null where no field of a call shows the kind. */
  readonly calls: Fields | null;
  /** Services that obtain such a workload's credentials, by the first part of their names (`ec2`, `pods.eks`). */
  readonly issuers: readonly string[];
  /** Other records of issuance that the kind needs, such as those that disprove a session name of its shape. */
  readonly issuances: readonly Fields[];
  /** Calls of the kind that these patterns do not match; `forwardAll` and trails show them. */
  readonly unseen: readonly { readonly what: string; readonly because: string }[];
}

/** A resource in Security Hub's finding format: `type` is a resource type (`AwsEc2Instance`) or `Other`. */
export interface AsffResource {
  readonly type: string;
  readonly id: string;
  /** Fields of the type's own details, by the type. */
  readonly details: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Lines for a POSIX shell with the AWS CLI, where `$NAME` is the reader's to set; null for a line that is unsafe to paste. */
export type CommandLines = readonly (string | null)[];

/** Conditions of an IAM policy: operator, key, value. */
export type PolicyCondition = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Everything that is specific to a kind of workload. A new kind is one module in `kinds/` and its line in
 * `kinds/all-kinds.ts`; `judge` knows none of them by name.
 */
export interface WorkloadKind<Name extends string = string> {
  readonly name: Name;
  /** For people: "EC2 instance". */
  readonly noun: string;
  /** True when the kind is watched unless the setting `workloads` says otherwise. */
  readonly watchedByDefault: boolean;
  lockPolicy(workload: Workload): LockPolicy;
  /**
   * When an issuance for the same session ARN proves a call whose own access key proves nothing: only in records too old
   * to carry better proof (`legacy`), in any (`always`), or not at all.
   */
  readonly provenBySessionArn: 'legacy' | 'always' | 'never';
  /** True when it shows the addresses of a host it runs on, so that an address of an instance can be its own. */
  readonly sitsOnHost: boolean;
  /** True when an agent on the host uses credentials of the workload, of another role than its own. */
  readonly hasAgentOnHost?: boolean;
  /** The workload an issuance gives credentials to; null when it is none of this kind. Asked of what `issuesCredentials`. */
  issuedTo(record: CloudTrailRecord): IssuedTo | null;
  /** The workload a call names; null when it names none of this kind. */
  namedBy(session: SessionArn, record: CloudTrailRecord): NamedBy | null;
  /** True for calls by which a workload shows that it signs in to EKS clusters, as their nodes do. */
  usesEks?(record: CloudTrailRecord): boolean;
  readonly events: WorkloadEvents;
  /** The workload as Security Hub knows it. */
  resource(workload: FindingWorkload): AsffResource;
  /** What the workload is part of, such as its cluster, where Security Hub has a type for it. */
  relatedResources?(workload: FindingWorkload): readonly AsffResource[];
  /** Gives the workload a new role: `$NEW_ROLE_ARN` or `$NEW_PROFILE`. */
  replaceCommands(workload: FindingWorkload): CommandLines;
  /** Keeps the evidence that a stopped workload would lose. */
  preserveCommands(workload: FindingWorkload): CommandLines;
  /** The condition that is true for this workload's sessions alone; null, or absent, where only the session's name identifies it. */
  sessionCondition?(workload: FindingWorkload): PolicyCondition | null;
}
