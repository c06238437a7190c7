import type { Severity } from '../model/finding';

/** The purpose of a step; `look` and `nothing` have no command. `inspect`, `undo`: of an object of a cluster. */
export type StepKind = 'decide' | 'replace' | 'deny' | 'preserve' | 'read' | 'inspect' | 'undo' | 'look' | 'nothing';

export interface AdviceStep {
  readonly kind: StepKind;
  readonly text: string;
}

/** What a title is made of. */
export interface TitleParts {
  /** `EC2 instance i-0abc`, `role deploy`, or what was done to a part of the detector or in a cluster. */
  readonly subject: string;
  readonly account: string;
  /** The origin as text, or the cluster; empty where the finding has none. */
  readonly place: string;
  /** Workloads of a group, or origins beyond the cap. */
  readonly count: number;
}

/** A technique of MITRE ATT&CK (Enterprise). */
export interface Technique {
  readonly id: string;
  readonly name: string;
}

/** Everything that is fixed for a type of finding. */
export interface FindingTypeRow {
  readonly severity: Severity;
  /** Of a less certain case, as the rule decides. @default severity */
  readonly weakSeverity?: Severity;
  /** Of a first use that is late on a path no neighbour uses, or at an address where a person called before. @default severity */
  readonly uncertainSeverity?: Severity;
  /** A group’s severity is the highest of its members instead. */
  readonly highestOfMembers?: true;
  readonly label: string;
  readonly title: (parts: TitleParts) => string;
  readonly advice: readonly AdviceStep[];
  readonly technique: Technique | null;
  /**
   * GuardDuty's nearest finding type. Of `InstanceCredentialExfiltration`, the origin decides the suffix (`.OutsideAWS` or
   * `.InsideAWS`), and other workloads than EC2 instances have `ResourceCredentialExfiltration`.
   */
  readonly guardDuty: string | null;
  /** Security Hub's `namespace/category`, the most specific first; `asffTypes` adds the classifier. */
  readonly asff: readonly string[];
  /** GuardDuty's type in Security Hub's form, which stands before those of `asff`; from the workload's attributes. */
  readonly asffFirst?: (attributes: Readonly<Record<string, string>>) => string;
  /** Whether records that arrive later may explain it: such a finding is held, and not reported while learning. */
  readonly explainable: 'yes' | 'no' | 'without-organization-list';
  /** Whether declaring the origin in `trustedNetworks` archives it. */
  readonly declarable: boolean;
}

export const ASFF = {
  credentialAccess: 'TTPs/Credential Access',
  lateralMovement: 'TTPs/Lateral Movement',
  defenseEvasion: 'TTPs/Defense Evasion',
  unusualAddress: 'Unusual Behaviors/IP address',
  unusualApplication: 'Unusual Behaviors/Application',
  execution: 'TTPs/Execution',
  initialAccess: 'TTPs/Initial Access',
  persistence: 'TTPs/Persistence',
  privilegeEscalation: 'TTPs/Privilege Escalation',
  commandAndControl: 'TTPs/Command and Control',
  bestPractices: 'Software and Configuration Checks/AWS Security Best Practices',
  /** GuardDuty's category for stolen workload credentials, which Security Hub's managed insights look for. */
  exfiltration: 'Effects/Data Exfiltration',
  /** Complete: takes no classifier. */
  consoleLogin: 'Unusual Behaviors/User/UnauthorizedAccess:IAMUser-ConsoleLogin',
} as const;

export const CLOUD_ACCOUNTS: Technique = { id: 'T1078.004', name: 'Valid Accounts: Cloud Accounts' };
export const ACCESS_TOKEN: Technique = {
  id: 'T1550.001',
  name: 'Use Alternate Authentication Material: Application Access Token',
};
export const DASHBOARD: Technique = { id: 'T1538', name: 'Cloud Service Dashboard' };
export const METADATA_API: Technique = {
  id: 'T1552.005',
  name: 'Unsecured Credentials: Cloud Instance Metadata API',
};
export const SECRET_STORES: Technique = {
  id: 'T1555.006',
  name: 'Credentials from Password Stores: Cloud Secrets Management Stores',
};
export const CLOUD_STORAGE: Technique = { id: 'T1530', name: 'Data from Cloud Storage' };
export const ADDED_CREDENTIALS: Technique = { id: 'T1098', name: 'Account Manipulation' };
export const CLOUD_LOGS: Technique = { id: 'T1562.008', name: 'Impair Defenses: Disable or Modify Cloud Logs' };

export const CLUSTER_ROLES: Technique = {
  id: 'T1098.006',
  name: 'Account Manipulation: Additional Container Cluster Roles',
};
export const CONTAINER_COMMAND: Technique = { id: 'T1609', name: 'Container Administration Command' };
export const DEFAULT_ACCOUNTS: Technique = { id: 'T1078.001', name: 'Valid Accounts: Default Accounts' };
export const ESCAPE: Technique = { id: 'T1611', name: 'Escape to Host' };
export const REMOTE_SERVICES: Technique = { id: 'T1133', name: 'External Remote Services' };
export const TOOL_TRANSFER: Technique = { id: 'T1105', name: 'Ingress Tool Transfer' };
export const REFLECTIVE_LOADING: Technique = { id: 'T1620', name: 'Reflective Code Loading' };
export const SHARED_MODULES: Technique = { id: 'T1129', name: 'Shared Modules' };
export const COMPUTE_HIJACKING: Technique = { id: 'T1496.001', name: 'Resource Hijacking: Compute Hijacking' };
export const IMPAIR: Technique = { id: 'T1562', name: 'Impair Defenses' };

export const look = (text: string): AdviceStep => ({ kind: 'look', text });
export const decide = (text: string): AdviceStep => ({ kind: 'decide', text });
export const nothing = (text: string): AdviceStep => ({ kind: 'nothing', text });

export const inspect = (text: string): AdviceStep => ({ kind: 'inspect', text });
export const undo = (text: string): AdviceStep => ({ kind: 'undo', text });

export const DECIDE = decide(
  'Decide whether the origin can belong to the workload. If it does, declare it in trustedNetworks; the finding is then archived automatically.',
);
export const DENY: AdviceStep = {
  kind: 'deny',
  text: 'Deny the credentials issued so far to this workload only: aws:TokenIssueTime before now, scoped by ec2:SourceInstanceARN or aws:userid. Revoking the whole role would stop every workload that uses it.',
};
export const READ: AdviceStep = {
  kind: 'read',
  text: 'Review the calls made with the credentials from the untrusted origin, and the roles assumed from there.',
};
export const CONTAIN: readonly AdviceStep[] = [
  {
    kind: 'replace',
    text: 'Give the workload a new role (replace its instance profile or task role), so that it receives credentials the attacker does not have.',
  },
  DENY,
  {
    kind: 'preserve',
    text: 'Preserve evidence before you stop anything: a disk snapshot, memory if possible, and the flow logs.',
  },
  READ,
];
