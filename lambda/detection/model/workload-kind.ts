import type { CloudTrailRecord } from './cloudtrail-record';
import type { Workload } from './workload';

/** What a kind reads out of the record in which AWS hands a workload its key. */
export interface IssuedTo {
  readonly workload: Workload;
  /** The session and key it gets. */
  readonly session: { readonly arn: string; readonly accessKeyId: string | null; readonly expires: number | null };
  /** The workload's Region where the record proves it, never the endpoint called; `GLOBAL` where it runs in all of them. */
  readonly region: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  /** True when the workload asks for its key itself, so that the issuing call's own origin is the workload's. */
  readonly askedByWorkload: boolean;
}

/** How a call shows which workload it comes from, by the record alone. */
export interface NamedBy {
  readonly workload: Workload;
  readonly shown: 'scope' | 'delivery' | 'shape';
  readonly region: string | null;
}

/** A role session taken apart: `arn:<partition>:sts::<account>:assumed-role/<role>/<name>`. */
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
 * - `aws-address`: any AWS address of the workload's Region will do, none is learned (Lambda).
 * - `issuing-origin`: the origins that asked for keys are the workload's (IRSA).
 */
export type LockPolicy = 'first-use' | 'aws-address' | 'issuing-origin';

/**
 * A kind of workload: how its issuance looks, how a session of it is named and proven, how its lock begins. A new kind
 * is one module in `kinds/` and its line in `workload-kinds.ts`; `judge` knows none of them by name.
 */
export interface WorkloadKind {
  readonly name: string;
  /** For people: "EC2 instance". */
  readonly noun: string;
  lockPolicy(workload: Workload): LockPolicy;
  /**
   * Whether an issuance for the same session ARN proves a call whose own key says nothing: only in records too old to
   * carry better proof (`legacy`), in any (`always`), or not at all.
   */
  readonly provenBySessionArn: 'legacy' | 'always' | 'never';
  /** Whether it runs on a host whose addresses it shows, so that an address known to sit on an instance can be its own. */
  readonly sitsOnHost: boolean;
  /** The workload an issuance gives a key to; null when the record is no issuance of this kind. */
  issuedTo(record: CloudTrailRecord): IssuedTo | null;
  /** The workload a call names; null when it names none of this kind. */
  namedBy(session: SessionArn, record: CloudTrailRecord): NamedBy | null;
  /** Whether only a workload of this kind that is an EKS node makes such a call. */
  showsEksNode?(record: CloudTrailRecord): boolean;
}
