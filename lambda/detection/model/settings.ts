import type { FindingType } from './finding';
import type { KubernetesSettings } from './kubernetes-settings';

export interface TrustedNetwork {
  readonly cidr: string;
  /** Only for workloads of these accounts; empty or absent: all. */
  readonly accounts?: readonly string[];
  /** Only for sessions of these roles (role name, or role ARN); empty or absent: all. */
  readonly roles?: readonly string[];
  readonly why?: string;
}

export interface Relay {
  /** The relayable action: `sts:GetCallerIdentity`. */
  readonly action: string;
  readonly cidr: string;
  readonly why?: string;
}

export interface Suppression {
  readonly account?: string;
  /** Role name or role ARN. */
  readonly role?: string;
  /** Workload id, e.g. an instance id. */
  readonly workload?: string;
  readonly cidr?: string;
  /** Name or ARN of an EKS cluster. */
  readonly cluster?: string;
  /** Of Kubernetes. */
  readonly namespace?: string;
  /** Registry and repository of a container's image, with `*` at the end all that begin so. */
  readonly image?: string;
  readonly types?: readonly FindingType[];
  readonly reason: string;
  readonly owner: string;
  /** ISO date or date-time; a finding first seen at or after it is not suppressed. */
  readonly expires: string;
}

/** The one settings table of config file, Lambda and CDK context. */
export interface Settings {
  readonly organizationAccounts: readonly string[];
  readonly trustedNetworks: readonly TrustedNetwork[];
  readonly privateNetworks: readonly string[];
  readonly relays: readonly Relay[];
  readonly suppressions: readonly Suppression[];
  readonly sharedEgress: { readonly minimumWorkloads: number; readonly share: number };
  readonly doorHours: number;
  readonly maxOriginsPerWorkload: number;
  readonly retentionDays: number;
  /** Live only. */
  readonly holdMinutes: number;
  /** Kinds of workload, and `kubernetes` for the audit logs of clusters. */
  readonly workloads: readonly string[];
  readonly kubernetes: KubernetesSettings;
  /** Also report the informational findings (`ServiceCaller`, `EgressLearned`). */
  readonly serviceCallerFindings: boolean;
  /** Live only: one mode for every account, or per account id, with `default` for the accounts that have learned enough. */
  readonly mode: Mode | Readonly<Record<string, Mode>>;
  /** Live only: days that an account which `mode` does not name spends in `learn` mode, from its first event. 0: none. */
  readonly learnDays: number;
  /** Live only: hours without events after which an active account and Region is reported. 0: never. */
  readonly noEventsHours: number;
  /** Live, and `replay --posture --format asff`: days without IMDSv1 after which a role is no longer reported. */
  readonly postureQuietDays: number;
  readonly runbookUrl: string;
}

export type Mode = 'learn' | 'report' | 'live';

/** The accounts of the organization. */
export interface Organization {
  /** True when the user listed the accounts; only then is another account foreign. */
  readonly listed: boolean;
  standing(account: string): 'ours' | 'foreign' | 'unknown';
}

/** The accounts the user listed, else those whose records were seen; absence from the latter is unknown, never foreign. */
export function organizationOf(listed: readonly string[], seen: ReadonlySet<string>): Organization {
  const accounts = listed.length > 0 ? new Set(listed) : seen;
  const other = listed.length > 0 ? 'foreign' : 'unknown';
  return { listed: listed.length > 0, standing: (account) => (accounts.has(account) ? 'ours' : other) };
}
