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
  /** Sightings of the workloads judged that only look like their own. */
  unprovenCalls: 'UnprovenCalls',
  /** Milliseconds from the earliest event of a batch to its judgement. */
  lag: 'Lag',
  /** Suspicions handed on to be confirmed. */
  suspicionsAsked: 'SuspicionsAsked',
  /** Workloads settled. */
  workloadsSettled: 'WorkloadsSettled',
  /** Suspicions that had to wait for their hold to pass. */
  suspicionsHeld: 'SuspicionsHeld',
  /** Workloads that were suspected and have no finding: later facts explained it. */
  suspicionsExplained: 'SuspicionsExplained',
  /** Findings that became active. By `mode`. */
  findingsConfirmed: 'FindingsConfirmed',
  /** Findings said again with more in them. */
  findingsUpdated: 'FindingsUpdated',
  /** Active findings taken back. */
  findingsWithdrawn: 'FindingsWithdrawn',
  /** Findings that a suppression hides. */
  findingsSuppressed: 'FindingsSuppressed',
  /** Findings imported, put and told. By `sink`. */
  findingsPublished: 'FindingsPublished',
  /** Findings a sink refused. By `sink`. */
  publishingFailed: 'PublishingFailed',
  /** Findings sent to the queue of `publish` once more, for the sinks that refused them. */
  sinksRetried: 'SinksRetried',
  /** Messages for another try. */
  messagesRetried: 'MessagesRetried',
  /** Messages or records put into quarantine. By `reason`. */
  setAside: 'SetAside',
  /** Messages with nothing in them to read. By `reason`. */
  messagesIgnored: 'MessagesIgnored',
  /** Open findings asked to be judged again. */
  findingsRejudged: 'FindingsRejudged',
  /** Times that somebody changed the settings. */
  settingsChanged: 'SettingsChanged',
  /** Settings that were not taken because of faults in them. */
  settingsRejected: 'SettingsRejected',
  /** Roles whose keys were got by IMDSv1 within the quiet days. By `account`. */
  rolesOnImdsV1: 'RolesOnImdsV1',
  /** Instances, counted for each role, that got keys by IMDSv1 within the quiet days. By `account`. */
  instancesOnImdsV1: 'InstancesOnImdsV1',
  /** Address ranges that were not taken because of faults in them, or could not be downloaded. */
  ipRangesRejected: 'IpRangesRejected',
  /** Address ranges that are missing, or older than AWS ever leaves them. Looked at every hour. */
  ipRangesStale: 'IpRangesStale',
  /** Records that came from `credlock simulate`. */
  samplesRead: 'SamplesRead',
  /** Heartbeats that could not be written, and will be with the next records. */
  heartbeatsFailed: 'HeartbeatsFailed',
  /** Canaries that were let out: none for an hour means that `watch` does not work. */
  canariesSent: 'CanariesSent',
  /** Roles that could not be assumed as canaries. */
  canariesRefused: 'CanariesRefused',
  /** Accounts and Regions whose canary was sent half an hour ago, or longer, and not heard. */
  canariesMissing: 'CanariesMissing',
  /** Accounts and Regions that used to be heard and fell silent. Counted every hour, as long as it lasts, for a week. */
  silentSources: 'SilentSources',
  /** Kinds of workload that used to be heard, in accounts and Regions of which others still are. */
  silentKinds: 'SilentKinds',
  /** Event rules that were deleted, switched off or cut off from their targets. Looked at every hour. */
  rulesMissing: 'RulesMissing',
  /** Accounts and Regions whose event rules could not be looked at. */
  rulesUnchecked: 'RulesUnchecked',
  /** Rounds of `watch` that came to their end: none means that nobody watches. By `task`. */
  watchRounds: 'WatchRounds',
  /** Records of log files that were handed on to `watch`, as they tell what was done to the detector. */
  tamperingsHandedOn: 'TamperingsHandedOn',
  /** Calls that switched off, deleted or changed parts of the detector, or a trail, and were told. By `part`. */
  tamperings: 'Tamperings',
} as const;

export type MetricName = (typeof METRICS)[keyof typeof METRICS];
