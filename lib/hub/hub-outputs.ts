import { CfnOutput, Stack } from 'aws-cdk-lib';
import { kindsWithoutRule, notCovered } from '../member/coverage';
import type { WorkloadName } from '../../lambda/detection/vocabulary';
import type { Hub } from './hub';
import type { HubMode, HubProps } from './hub-props';
import { CONFIG_KEYS, NAMES } from '../names';

/** What is said of a hub beside its parts. */
export interface SaidOfHub extends Pick<HubProps, 'findingsBus' | 'organizationId' | 'regions' | 'trail'> {
  readonly mode: HubMode;
  readonly workloads: readonly WorkloadName[];
  readonly forwardAll: boolean;
  readonly verificationRole: boolean;
}

/** Says, in outputs of these names, what the command line reads; empty ones are left out. */
export function sayHub(hub: Hub, props: SaidOfHub): void {
  const said = { ...partsOf(hub), ...trailOf(props), ...coverageOf(hub, props) };
  for (const [name, value] of Object.entries(said)) {
    if (value !== '') new CfnOutput(hub, `Output${name}`, { value }).overrideLogicalId(name);
  }
}

function partsOf({ detector, people, hubBus, intake }: Hub): Readonly<Record<string, string>> {
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

function trailOf({ trail }: SaidOfHub): Readonly<Record<string, string>> {
  return {
    TrailBucket: trail?.bucketName ?? '',
    TrailBucketOwner: trail?.bucketOwner ?? '',
    TrailPrefix: trail?.prefix ?? '',
  };
}

function coverageOf(hub: Hub, props: SaidOfHub): Readonly<Record<string, string>> {
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
