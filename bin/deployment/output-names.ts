/** What a deployed stack says of itself: the outputs of `credlock-hub` and `credlock`, by the property the CLI knows each as. */
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

/** Looked for in this order where none is named. */
export const STACKS: readonly string[] = ['credlock-hub', 'credlock'];

/** `--lock-table`: the flag that says an output's value instead of the stack. */
export function flagOf(output: OutputName): string {
  return `--${output.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
