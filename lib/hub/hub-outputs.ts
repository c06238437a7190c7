import { CfnOutput, Stack } from 'aws-cdk-lib';
import { kindsWithoutRule, notCovered } from '../member/coverage';
import type { WorkloadName } from '../../lambda/detection/kinds/all-kinds';
import type { Construct } from 'constructs';
import type { Detector } from './detector';
import type { HubBus } from './hub-bus';
import type { Intake } from './intake';
import type { NotificationTopics } from './notification-topics';
import type { HubMode, HubProps } from './hub-props';
import type { KubernetesAudit } from './kubernetes-audit';
import { CONFIG_KEYS, NAMES } from '../names';

/** The constructs whose names are outputs. */
export interface HubComponents {
  readonly detector: Detector;
  readonly topics: NotificationTopics;
  readonly hubBus: HubBus;
  readonly intake: Intake;
  readonly kubernetes?: KubernetesAudit;
}

/** The hub's props that are outputs. */
export interface HubOutputsProps extends Pick<HubProps, 'findingsBus' | 'organizationId' | 'regions' | 'trail'> {
  readonly mode: HubMode;
  readonly workloads: readonly WorkloadName[];
  readonly forwardAll: boolean;
  readonly verificationRole: boolean;
}

/** Writes the stack outputs that the command line reads. Empty values are left out. */
export function writeHubOutputs(hub: Construct & HubComponents, props: HubOutputsProps): void {
  const outputs = { ...namesOf(hub), ...trailOf(props), ...coverageOf(hub, props) };
  for (const [name, value] of Object.entries(outputs)) {
    if (value !== '') new CfnOutput(hub, `Output${name}`, { value }).overrideLogicalId(name);
  }
}

function namesOf({ detector, topics, hubBus, intake, kubernetes }: HubComponents): Readonly<Record<string, string>> {
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
    FindingsTopicArn: topics.findings.topicArn,
    AuditBucket: kubernetes?.auditLogs.bucket.bucketName ?? '',
    ObserveKubernetesQueueUrl: kubernetes?.queue.queue.queueUrl ?? '',
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
  const notForwarded = new Set(mode === 'trail' ? workloads : kindsWithoutRule({ workloads, forwardAll }));
  const gaps = notCovered(
    { workloads, forwardAll, regions: regions ?? [region] },
    mode === 'trail' ? 'trail' : 'events',
  );
  return {
    FindingsBus: findingsBus?.eventBusArn ?? `arn:${partition}:events:${region}:${account}:event-bus/default`,
    VerificationRole: verificationRole ? NAMES.verificationRole : '',
    OrganizationId: organizationId,
    Regions: (regions ?? [region]).join(','),
    Workloads: workloads.filter((workload) => !notForwarded.has(workload)).join(','),
    ForwardAll: String(forwardAll),
    Mode: mode,
    NotCovered: gaps.map(({ workload, what }) => `${workload}: ${what}`).join('; '),
  };
}
