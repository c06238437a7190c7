/**
 * All metrics are in this namespace and have the handler's name (`HandlerName`) as the dimension `service`. Those counted "By"
 * something also exist with it as a second dimension.
 */
export const METRIC_NAMESPACE = 'credlock';

export const METRICS = {
  /** CloudTrail records read. */
  recordsRead: 'RecordsRead',
  /** Records that gave no fact. By `reason`. */
  recordsSkipped: 'RecordsSkipped',
  /** Facts read from records, known ones included. */
  facts: 'Facts',
  /** Workloads judged because of new facts. */
  workloadsJudged: 'WorkloadsJudged',
  /** Sightings under a judged workload's name that cannot be attributed to it. */
  unattributedCalls: 'UnattributedCalls',
  /** Milliseconds from the earliest event of a batch to its judgement. */
  lag: 'Lag',
  /** Requests to confirm a suspicion. */
  suspicionsRequested: 'SuspicionsRequested',
  /** Workloads confirmed. */
  workloadsConfirmed: 'WorkloadsConfirmed',
  /** Suspicions within their hold time. */
  suspicionsHeld: 'SuspicionsHeld',
  /** Suspected workloads without a finding: later facts explained them. */
  suspicionsExplained: 'SuspicionsExplained',
  /** Findings that became active. By `mode`. */
  findingsConfirmed: 'FindingsConfirmed',
  /** Active findings that changed. */
  findingsUpdated: 'FindingsUpdated',
  /** Active findings archived. */
  findingsWithdrawn: 'FindingsWithdrawn',
  /** Findings suppressed. */
  findingsSuppressed: 'FindingsSuppressed',
  /** Findings delivered. By `sink`. */
  findingsPublished: 'FindingsPublished',
  /** Findings a sink refused. By `sink`. */
  publishingFailed: 'PublishingFailed',
  /** Findings queued again for the sinks that refused them. */
  sinksRetried: 'SinksRetried',
  /** Messages to be retried. */
  messagesRetried: 'MessagesRetried',
  /** Messages or records quarantined. By `reason`. */
  messagesQuarantined: 'MessagesQuarantined',
  /** Messages without records. By `reason`. */
  messagesIgnored: 'MessagesIgnored',
  /** Open findings whose workloads were requested to be judged again. */
  findingsRejudged: 'FindingsRejudged',
  /** Questions to EC2 about addresses that were answered. By `outcome`: `found` or `not-found`. */
  questionsAnswered: 'QuestionsAnswered',
  /** Questions to EC2 that were not answered, or not asked. By `reason`. */
  questionsUnanswered: 'QuestionsUnanswered',
  /** Changes of the settings. */
  settingsChanged: 'SettingsChanged',
  /** Invalid settings that were not used. */
  settingsRejected: 'SettingsRejected',
  /** Roles whose credentials were issued by IMDSv1 within the quiet days. By `account`. */
  rolesOnImdsV1: 'RolesOnImdsV1',
  /** Instances, counted for each role, that got credentials by IMDSv1 within the quiet days. By `account`. */
  instancesOnImdsV1: 'InstancesOnImdsV1',
  /** Address ranges that were invalid or could not be downloaded. */
  ipRangesRejected: 'IpRangesRejected',
  /** Stored address ranges that were not AWS's own; they were restored. */
  ipRangesReplaced: 'IpRangesReplaced',
  /** Address ranges that are missing or outdated. Checked every hour. */
  ipRangesStale: 'IpRangesStale',
  /** Records that came from `credlock simulate`. */
  samplesRead: 'SamplesRead',
  /** Heartbeats that could not be written; they are retried with the next records. */
  heartbeatsFailed: 'HeartbeatsFailed',
  /** Canaries sent. */
  canariesSent: 'CanariesSent',
  /** Roles that could not be assumed as canaries. */
  canariesRefused: 'CanariesRefused',
  /** Accounts and Regions whose canary was sent half an hour ago or longer and did not arrive. */
  canariesMissing: 'CanariesMissing',
  /** Accounts and Regions that stopped sending events. Counted every hour while it lasts, for a week. */
  sourcesWithoutEvents: 'SourcesWithoutEvents',
  /** Kinds of workload without events in accounts and Regions that still send others. */
  kindsWithoutEvents: 'KindsWithoutEvents',
  /** Event rules that are deleted, disabled or without targets. Checked every hour. */
  rulesMissing: 'RulesMissing',
  /** Accounts and Regions whose event rules could not be checked. */
  rulesUnchecked: 'RulesUnchecked',
  /** EKS clusters whose audit logs are subscribed. Counted every hour. */
  clustersSubscribed: 'ClustersSubscribed',
  /** Log groups of agents in clusters (Falco, Tetragon) that are subscribed. Counted every hour. */
  runtimeLogsSubscribed: 'RuntimeLogsSubscribed',
  /** EKS clusters that write no audit log. Counted every hour. */
  clustersWithoutAuditLog: 'ClustersWithoutAuditLog',
  /** Logs of EKS clusters that could not be subscribed, and accounts and Regions in which they could not be listed. By `reason`. */
  clustersNotSubscribed: 'ClustersNotSubscribed',
  /** Kubernetes audit events read. */
  auditEventsRead: 'AuditEventsRead',
  /** Lines of agents in clusters (Falco, Tetragon) read. */
  runtimeLinesRead: 'RuntimeLinesRead',
  /** Kubernetes audit events that no rule needs, lines of agents that are no alarm, and what cannot be read. By `reason`. */
  auditEventsSkipped: 'AuditEventsSkipped',
  /** Acts that rules report, found in Kubernetes audit events and lines of agents. By `type`. */
  auditActs: 'AuditActs',
  /** Completed scheduled rounds of `watch`. By `task`. */
  watchRounds: 'WatchRounds',
  /** Records of log files forwarded to `watch` because they concern the detector. */
  tamperingsForwarded: 'TamperingsForwarded',
  /** Reported calls that disabled, deleted or changed parts of the detector or a trail. By `part`. */
  tamperings: 'Tamperings',
} as const;

export type MetricName = (typeof METRICS)[keyof typeof METRICS];
