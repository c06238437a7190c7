/**
 * The metrics, all in this namespace and with the handler's name (as of `HandlerName`) as the dimension `service`. Those that
 * are counted by something have it as a second dimension in metrics beside their sum.
 */
export const METRIC_NAMESPACE = 'credlock';

export const METRICS = {
  /** CloudTrail records read. */
  recordsRead: 'RecordsRead',
  /** Records that gave no fact. By `reason`. */
  recordsSkipped: 'RecordsSkipped',
  /** Facts read from records, known ones included. */
  facts: 'Facts',
  /** Workloads judged because a fact about them came. */
  workloadsJudged: 'WorkloadsJudged',
  /** Sightings under a judged workload's name that cannot be attributed to it. */
  unattributedCalls: 'UnattributedCalls',
  /** Milliseconds from the earliest event of a batch to its judgement. */
  lag: 'Lag',
  /** Requests to confirm a suspicion. */
  suspicionsRequested: 'SuspicionsRequested',
  /** Workloads confirmed. */
  workloadsConfirmed: 'WorkloadsConfirmed',
  /** Suspicions that had to wait for their hold to pass. */
  suspicionsHeld: 'SuspicionsHeld',
  /** Workloads that were suspected and have no finding: later facts explained it. */
  suspicionsExplained: 'SuspicionsExplained',
  /** Findings that became active. By `mode`. */
  findingsConfirmed: 'FindingsConfirmed',
  /** Active findings that changed. */
  findingsUpdated: 'FindingsUpdated',
  /** Active findings withdrawn. */
  findingsWithdrawn: 'FindingsWithdrawn',
  /** Findings that a suppression hides. */
  findingsSuppressed: 'FindingsSuppressed',
  /** Findings delivered. By `sink`. */
  findingsPublished: 'FindingsPublished',
  /** Findings a sink refused. By `sink`. */
  publishingFailed: 'PublishingFailed',
  /** Findings sent to the queue of `publish` once more, for the sinks that refused them. */
  sinksRetried: 'SinksRetried',
  /** Messages to be retried. */
  messagesRetried: 'MessagesRetried',
  /** Messages or records quarantined. By `reason`. */
  messagesQuarantined: 'MessagesQuarantined',
  /** Messages with nothing in them to read. By `reason`. */
  messagesIgnored: 'MessagesIgnored',
  /** Open findings asked to be judged again. */
  findingsRejudged: 'FindingsRejudged',
  /** Changes of the settings. */
  settingsChanged: 'SettingsChanged',
  /** Settings that were not taken because of faults in them. */
  settingsRejected: 'SettingsRejected',
  /** Roles whose credentials were issued by IMDSv1 within the quiet days. By `account`. */
  rolesOnImdsV1: 'RolesOnImdsV1',
  /** Instances, counted for each role, that got credentials by IMDSv1 within the quiet days. By `account`. */
  instancesOnImdsV1: 'InstancesOnImdsV1',
  /** Address ranges that were not taken because of faults in them, or could not be downloaded. */
  ipRangesRejected: 'IpRangesRejected',
  /** Address ranges that are missing, or older than AWS ever leaves them. Checked every hour. */
  ipRangesStale: 'IpRangesStale',
  /** Records that came from `credlock simulate`. */
  samplesRead: 'SamplesRead',
  /** Heartbeats that could not be written, and will be with the next records. */
  heartbeatsFailed: 'HeartbeatsFailed',
  /** Canaries sent: none for an hour means that `watch` does not work. */
  canariesSent: 'CanariesSent',
  /** Roles that could not be assumed as canaries. */
  canariesRefused: 'CanariesRefused',
  /** Accounts and Regions whose canary was sent half an hour ago or longer and did not arrive. */
  canariesMissing: 'CanariesMissing',
  /** Accounts and Regions that stopped sending events. Counted every hour while it lasts, for a week. */
  silentSources: 'SilentSources',
  /** Kinds of workload without events in accounts and Regions that still send others. */
  silentKinds: 'SilentKinds',
  /** Event rules that were deleted, switched off or cut off from their targets. Checked every hour. */
  rulesMissing: 'RulesMissing',
  /** Accounts and Regions whose event rules could not be checked. */
  rulesUnchecked: 'RulesUnchecked',
  /** Completed rounds of `watch`: none means that the detector is not watched. By `task`. */
  watchRounds: 'WatchRounds',
  /** Records of log files forwarded to `watch`, as they concern the detector. */
  tamperingsForwarded: 'TamperingsForwarded',
  /** Calls that switched off, deleted or changed parts of the detector, or a trail, and were reported. By `part`. */
  tamperings: 'Tamperings',
} as const;

export type MetricName = (typeof METRICS)[keyof typeof METRICS];
