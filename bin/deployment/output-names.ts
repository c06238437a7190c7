/** Outputs of the stacks `credlock-hub` and `credlock`, by the CLI's name for each. */
export const OUTPUTS = {
  lockTable: 'LockTable',
  observeQueueUrl: 'ObserveQueueUrl',
  delayedQueueUrl: 'DelayedQueueUrl',
  quarantineQueueUrl: 'QuarantineQueueUrl',
  configBucket: 'ConfigBucket',
  settingsKey: 'SettingsKey',
  ipRangesKey: 'IpRangesKey',
  hubBusName: 'HubBusName',
  hubRules: 'HubRules',
  auditBucket: 'AuditBucket',
  trailBucket: 'TrailBucket',
  trailBucketOwner: 'TrailBucketOwner',
  trailPrefix: 'TrailPrefix',
  verificationRole: 'VerificationRole',
  regions: 'Regions',
  workloads: 'Workloads',
  forwardAll: 'ForwardAll',
  mode: 'Mode',
  notCovered: 'NotCovered',
} as const;

export type OutputName = keyof typeof OUTPUTS;

/** Default stack names, in order of lookup. */
export const STACKS: readonly string[] = ['credlock-hub', 'credlock'];

/** `--lock-table`: the flag that overrides an output. */
export function flagOf(output: OutputName): string {
  return `--${output.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
