/** Closed lists: these words are public (JSON Lines, EventBridge `detail`) and versioned by `FINDING_SCHEMA`. */
export const FINDING_SCHEMA = 'credlock.finding/1';

/** Decided by the audit logs of Kubernetes clusters. */
export const AUDIT_FINDING_TYPES = [
  'ExecInKubeSystemPod',
  'SuccessfulAnonymousAccess',
  'AnonymousAccessGranted',
  'AdminAccessToDefaultServiceAccount',
  'ExposedDashboard',
  'PrivilegedContainer',
  'ContainerWithSensitiveMount',
  'UnreadableManifest',
] as const;
export type AuditFindingType = (typeof AUDIT_FINDING_TYPES)[number];

/** Decided by agents that watch the processes of containers. */
export const RUNTIME_FINDING_TYPES = [
  'NewBinaryExecuted',
  'FilelessExecution',
  'NewLibraryLoaded',
  'CryptoMining',
] as const;
export type RuntimeFindingType = (typeof RUNTIME_FINDING_TYPES)[number];

/** Decided by where service accounts' tokens are used. */
export const TOKEN_FINDING_TYPES = ['ServiceAccountTokenOutside', 'ServiceAccountTokenMoved'] as const;
export type TokenFindingType = (typeof TOKEN_FINDING_TYPES)[number];

export const KUBERNETES_FINDING_TYPES = [
  ...AUDIT_FINDING_TYPES,
  ...RUNTIME_FINDING_TYPES,
  ...TOKEN_FINDING_TYPES,
] as const;
export type KubernetesFindingType = (typeof KUBERNETES_FINDING_TYPES)[number];

export const FINDING_TYPES = [
  'OutsideAWS',
  'InsideAWS',
  'UnknownOwner',
  'ForeignEndpoint',
  'ImplausibleOrigin',
  'ConsoleSession',
  'AfterTermination',
  'UndeclaredEgress',
  'AffiliatedAccount',
  'SameAccount',
  'WhileStopped',
  'EgressMoved',
  'ManyOrigins',
  'SameOrigin',
  'UnattributedService',
  'ServiceCaller',
  'EgressLearned',
  'DetectorTampered',
  ...KUBERNETES_FINDING_TYPES,
] as const;
export type FindingType = (typeof FINDING_TYPES)[number];

export function isKubernetesType(type: FindingType): type is KubernetesFindingType {
  return KUBERNETES_FINDING_TYPES.some((one) => one === type);
}

/** Lowest first. */
export const SEVERITIES = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const OWNERSHIPS = [
  'outside-aws',
  'aws',
  'organization-account',
  'same-account',
  'foreign-account',
  'unknown',
  'none',
] as const;
export type Ownership = (typeof OWNERSHIPS)[number];

export const BECAUSES = [
  'own-address',
  'declared',
  'first-use',
  'first-use-unverified',
  'door',
  'shared-egress',
  'issuance',
  'inventory',
  'service',
] as const;
/** Why an origin is in the lock. */
export type Because = (typeof BECAUSES)[number];

/** `cluster`: a private address, from which a cluster's own network is called. */
export const ORIGIN_KINDS = ['public', 'endpoint', 'service', 'implausible', 'cluster'] as const;
export type OriginKind = (typeof ORIGIN_KINDS)[number];

/** Where on the network a call came from. */
export interface Origin {
  readonly kind: OriginKind;
  readonly ip: string | null;
  readonly endpointId: string | null;
  readonly endpointAccount: string | null;
  readonly service: string | null;
  /** ARN of the cluster that an AWS session called from a private address. */
  readonly cluster?: string;
}

export interface FindingOrigin extends Origin {
  readonly ownership: Ownership;
  /** The account the origin belongs to, where known. */
  readonly account: string | null;
  readonly region: string | null;
}

export interface FindingWorkload {
  /** A kind of workload, `detector`, `eks-cluster` or `kubernetes-workload`. */
  readonly kind: string;
  readonly id: string;
  /** `unknown` where only the audit log of a cluster shows the workload, and nothing names its account. */
  readonly account: string;
  readonly region: string | null;
  readonly partition: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface FindingSession {
  readonly arn: string;
  readonly role: string;
  readonly accessKeyIds: readonly string[];
}

export interface LockEntry {
  readonly origin: Partial<Origin> & { readonly kind: OriginKind };
  readonly because: Because;
  readonly since: string;
  readonly until: string | null;
}

export interface FindingEvent {
  readonly id: string;
  /** ISO 8601, seconds, `Z`. */
  readonly time: string;
  readonly region: string;
  /** `s3.amazonaws.com`; `kubernetes` for requests to a cluster's API server; `falco`, `tetragon` for what an agent saw. */
  readonly source: string;
  /** `GetObject`; `create pods/exec`; an agent's rule */
  readonly name: string;
  readonly errorCode: string | null;
  readonly userAgent: string | null;
  readonly accessKeyId: string | null;
  /** What the call was about, in at most 160 characters: bucket and folder, secret, table, role, …; null if unknown. */
  readonly resource: string | null;
}

export interface RuledOut {
  /** A benign explanation that was tried, in kebab case (`own-address`, `address-change`, …). */
  readonly explanation: string;
  readonly because: string;
}

export interface RelatedSession {
  readonly kind: 'chained-session' | 'console-session';
  readonly arn: string;
  readonly accessKeyIds: readonly string[];
}

/** One line of replay's output, and the `detail` of the EventBridge event. */
export interface Finding {
  readonly schema: typeof FINDING_SCHEMA;
  /** Stable: derived from partition, account, workload and origin. */
  readonly id: string;
  readonly incidentId: string;
  readonly type: FindingType;
  readonly severity: Severity;
  readonly status: 'ACTIVE' | 'ARCHIVED';
  readonly contested: boolean;
  readonly sample: boolean;
  readonly title: string;
  readonly description: string;
  /** Null for grouped findings, which fill `workloads`. */
  readonly workload: FindingWorkload | null;
  readonly sessions: readonly FindingSession[];
  /** Null for `ManyOrigins`, and where a record names no address. */
  readonly origin: FindingOrigin | null;
  readonly lock: readonly LockEntry[];
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Exact up to 200; null above, where `callsAtLeast` has the number kept. */
  readonly calls: number | null;
  readonly callsAtLeast: number | null;
  readonly events: readonly FindingEvent[];
  readonly evidence: readonly string[];
  readonly ruledOut: readonly RuledOut[];
  readonly related: readonly RelatedSession[];
  /** Of a group: at most 500, one of each account and role before others. */
  readonly workloads: readonly FindingWorkload[] | null;
  /** Of a larger group: the number of the others. */
  readonly workloadsLeftOut?: number;
  readonly archivedBecause: string | null;
  readonly advice: readonly string[];
}

/** Number of workloads a finding is about. */
export function workloadCount({ workload, workloads, workloadsLeftOut = 0 }: Finding): number {
  return workload ? 1 : (workloads?.length ?? 0) + workloadsLeftOut;
}

/** The parts of a finding that decide whether, when and where it is reported. */
export type FindingSummary = Pick<Finding, 'type' | 'firstSeen' | 'workload' | 'workloads' | 'sessions' | 'origin'>;
