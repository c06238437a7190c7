import { CfnOutput, Stack } from 'aws-cdk-lib';
import { kindsWithoutRule, notCovered } from '../member/coverage';
import type { WorkloadName } from '../../lambda/detection/kinds/all-kinds';
import type { Construct } from 'constructs';
import type { Detector } from './detector';
import type { HubBus } from './hub-bus';
import type { Intake } from './intake';
import type { People } from './notification-topics';
import type { HubMode, HubProps } from './hub-props';
import { CONFIG_KEYS, NAMES } from '../names';

/** The parts of a hub whose names are outputs. */
export interface HubParts {
  readonly detector: Detector;
  readonly people: People;
  readonly hubBus: HubBus;
  readonly intake: Intake;
}

/** The props of a hub that are outputs. */
export interface HubOutputsProps extends Pick<HubProps, 'findingsBus' | 'organizationId' | 'regions' | 'trail'> {
  readonly mode: HubMode;
  readonly workloads: readonly WorkloadName[];
  readonly forwardAll: boolean;
  readonly verificationRole: boolean;
}

/** Writes the stack outputs that the command line reads, under these names; empty ones are left out. */
export function writeHubOutputs(hub: Construct & HubParts, props: HubOutputsProps): void {
  const outputs = { ...partsOf(hub), ...trailOf(props), ...coverageOf(hub, props) };
  for (const [name, value] of Object.entries(outputs)) {
    if (value !== '') new CfnOutput(hub, `Output${name}`, { value }).overrideLogicalId(name);
  }
}

function partsOf({ detector, people, hubBus, intake }: HubParts): Readonly<Record<string, string>> {
  return {
    LockTable: detector.lockTable.table.tableName,
    ObserveQueueUrl: detector.observeQueue.queue.queueUrl,
    DelayedQueueUrl: detector.delayedQueue.queue.queueUrl,
    QuarantineQueueUrl: detector.quarantineQueue.queueUrl,
    ConfigBucket: detector.config.bucket.bucketName,
    SettingsKey: CONFIG_KEYS.settings,
    IpRangesKey: CONFIG_KEYS.ipRanges,
    LearningKey: CONFIG_KEYS.learning,
    HubBusName: hubBus.bus.eventBusName,
    HubRules: intake.rules.join(','),
    FindingsTopicArn: people.findings.topicArn,
  };
}

function trailOf({ trail }: HubOutputsProps): Readonly<Record<string, string>> {
  return {
    TrailBucket: trail?.bucketName ?? '',
    TrailBucketOwner: trail?.bucketOwner ?? '',
    TrailPrefix: trail?.prefix ?? '',
  };
}

function coverageOf(hub: Construct, props: HubOutputsProps): Readonly<Record<string, string>> {
  const { mode, workloads, forwardAll, verificationRole, findingsBus, organizationId = '', regions } = props;
  const { region, account, partition } = Stack.of(hub);
  const unseen = new Set(mode === 'trail' ? workloads : kindsWithoutRule({ workloads, forwardAll }));
  const missed = notCovered(
    { workloads, forwardAll, regions: regions ?? [region] },
    mode === 'trail' ? 'trail' : 'events',
  );
  return {
    FindingsBus: findingsBus?.eventBusArn ?? `arn:${partition}:events:${region}:${account}:event-bus/default`,
    VerificationRole: verificationRole ? NAMES.verificationRole : '',
    OrganizationId: organizationId,
    Regions: (regions ?? [region]).join(','),
    Workloads: workloads.filter((workload) => !unseen.has(workload)).join(','),
    ForwardAll: String(forwardAll),
    Mode: mode,
    NotCovered: missed.map(({ workload, what }) => `${workload}: ${what}`).join('; '),
  };
}
