import type { Because, Ownership } from '../../lambda/detection/model/finding';

/** Owner of an origin. */
export const OWNERS: Readonly<Record<Ownership, string>> = {
  'outside-aws': 'outside AWS',
  aws: 'AWS',
  'organization-account': 'organisation’s account',
  'same-account': 'same account',
  'foreign-account': 'foreign account',
  unknown: 'owner unknown',
  none: 'unassigned',
};

/** Reason an origin is trusted. */
export const BECAUSES: Readonly<Record<Because, string>> = {
  'own-address': 'own address',
  declared: 'declared',
  'first-use': 'first use',
  'first-use-unverified': 'first use, unverified',
  door: 'first use after a change',
  'shared-egress': 'shared egress',
  issuance: 'issuing origin',
  inventory: 'inventory',
  service: 'AWS service',
};

/** Explanations that did not apply (`ruledOut`); others are shown by name. */
export const EXPLANATIONS: Readonly<Record<string, string>> = {
  'service-caller': 'Call by an AWS service',
  'declared-network': 'Declared network',
  'own-address': 'Own address',
  'first-use': 'First use',
  'address-change': 'Change of address',
  'shared-egress': 'Shared egress',
  'aws-address': 'AWS address of its Region',
  'issuing-origin': 'Issuing origin',
  'locked-origin': 'Locked origin',
};

/** Reasons why records and files are left out. */
export const SKIP_REASONS: Readonly<Record<string, string>> = {
  empty: 'Empty files',
  'not-cloudtrail': 'Files that are not CloudTrail logs',
  digest: 'Digest files',
  insight: 'Insight events',
  aggregated: 'Aggregated events',
  'network-activity': 'Network activity events of VPC endpoints',
  'not-relevant': 'Records of AWS services and other accounts, without workload credentials',
  'malformed-record': 'Malformed records',
  'not-a-role-session': 'Records of identities other than role sessions',
  'service-event': 'Service events, which are not calls',
  'in-the-future': 'Records with a time more than 24 hours in the future',
  'session-without-address': 'Calls of role sessions without a source address',
  'session-without-key': 'Sessions with neither access key nor workload',
  'session-of-a-service': 'Sessions of services',
  'internal-notice': 'Notices of agents about themselves',
  'unmapped-rule': 'Lines of agents whose rule makes no finding',
  'plain-text': 'Lines of agents that are no JSON',
  'other-source': 'Alarms of plugins of agents',
  'presigned-url': 'Pre-signed URLs, which anyone can call',
};
