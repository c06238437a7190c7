import { Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { Alarms } from './alarms';
import { Dashboard } from './dashboard';
import { Detector } from './detector';
import { DetectorKey } from './detector-key';
import { FindingDestination } from './finding-destination';
import { HubBus } from './hub-bus';
import { KubernetesAudit } from './kubernetes-audit';
import { writeHubOutputs } from './hub-outputs';
import { Intake, type TrailLocation } from './intake';
import { CHAINED_SESSIONS } from '../../lambda/environment';
import { DEFAULT_WORKLOADS } from '../../lambda/detection/kinds/all-kinds';
import { memberRules } from '../member/member';
import { MetadataNoTokenAlarm } from '../member/metadata-no-token-alarm';
import { NotificationTopics } from './notification-topics';
import type { HubProps } from './hub-props';

const RUNBOOK = 'https://github.com/credlock/credlock/blob/main/docs/runbook.md';

const DEFAULTS: Required<
  Pick<
    HubProps,
    'mode' | 'workloads' | 'forwardAll' | 'verificationRole' | 'runbookUrl' | 'recoveryMails' | 'kubernetes'
  >
> = {
  mode: 'single',
  workloads: DEFAULT_WORKLOADS,
  forwardAll: false,
  verificationRole: false,
  runbookUrl: RUNBOOK,
  recoveryMails: false,
  kubernetes: false,
};

/** The whole hub: detector, bus, rules, topics, alarms and dashboard. */
export class Hub extends Construct {
  readonly detector: Detector;
  readonly hubBus: HubBus;
  readonly intake: Intake;
  readonly topics: NotificationTopics;
  readonly alarms: Alarms;
  /** Present with `kubernetes`. */
  readonly kubernetes?: KubernetesAudit;
  /** Present in mode `single` with `metadataNoTokenAlarm`. */
  readonly noTokenAlarm?: MetadataNoTokenAlarm;

  constructor(scope: Construct, id: string, props: HubProps = {}) {
    super(scope, id);
    const resolved = { ...DEFAULTS, ...props };
    const { mode, organizationId, findingsBus, runbookUrl } = resolved;
    const encrypted = this.#encryption(props);
    const verified = resolved.verificationRole && organizationId !== undefined;
    this.topics = new NotificationTopics(this, 'NotificationTopics', { ...props, ...encrypted });
    this.detector = new Detector(this, 'Detector', {
      ...props,
      ...encrypted,
      destinations: [
        FindingDestination.topic(this.topics.findings, props.topicFormat),
        ...(findingsBus ? [FindingDestination.eventBus(findingsBus)] : []),
      ],
      ...(verified && { verifiedOrganization: organizationId }),
    });
    const forwardedTrail = trailOfOtherAccount(this, resolved);
    this.hubBus = new HubBus(this, 'Bus', {
      ...props,
      ...(forwardedTrail && { accounts: [forwardedTrail.bucketOwner] }),
    });
    if (resolved.kubernetes)
      this.kubernetes = new KubernetesAudit(this, 'Kubernetes', { ...resolved, ...encrypted, detector: this.detector });
    this.intake = this.#intake(resolved, encrypted);
    this.#watchRules(resolved);
    const { detector, intake, kubernetes } = this;
    const watched = { detector, intake, ...(kubernetes && { kubernetes }) };
    this.alarms = new Alarms(this, 'Alarms', {
      ...watched,
      topic: this.topics.alarms,
      recoveryMails: resolved.recoveryMails,
      runbookUrl,
    });
    new Dashboard(this, 'Dashboard', {
      ...watched,
      alarms: [...this.alarms.all, ...this.alarms.rounds],
      runbookUrl,
    });
    if (mode === 'single' && props.metadataNoTokenAlarm)
      this.noTokenAlarm = new MetadataNoTokenAlarm(this, 'MetadataNoToken', {
        actionArns: [this.topics.alarms.topicArn],
      });
    writeHubOutputs(this, resolved);
  }

  #watchRules(resolved: HubProps & typeof DEFAULTS): void {
    const { mode, forwardAll } = resolved;
    const members = mode === 'trail' ? [] : memberRules(resolved);
    if (mode !== 'trail' && !forwardAll) this.detector.handlers.confirm.setVariable('notForwarded', CHAINED_SESSIONS);
    this.detector.watchRules({ members, hub: this.intake.rules });
  }

  #intake(resolved: HubProps & typeof DEFAULTS, encrypted: { readonly encryptionKey?: IKey }): Intake {
    const { mode, trail } = resolved;
    const { kubernetes } = this;
    const { encryptionKey } = encrypted;
    const forwardedTrail = trailOfOtherAccount(this, resolved);
    return new Intake(this, 'Intake', {
      ...resolved,
      ...encrypted,
      hubBus: this.hubBus,
      observe: this.detector.observeQueue,
      watch: this.detector.watchQueue,
      ...(kubernetes && { audit: { bucketName: kubernetes.auditLogs.bucket.bucketName, queue: kubernetes.queue } }),
      events: mode !== 'trail',
      announced: mode === 'trail' && !forwardedTrail,
      ...(forwardedTrail && { forwardedTrail }),
      hubParts: {
        ...(encryptionKey && { keyId: encryptionKey.keyId }),
        ...(trail && { trailBucket: trail.bucketName }),
      },
    });
  }

  #encryption({ encryptionKey, customerKey = false }: HubProps): { encryptionKey?: IKey } {
    if (encryptionKey) return { encryptionKey };
    return customerKey ? { encryptionKey: new DetectorKey(this, 'Key').key } : {};
  }
}

/** The trail, if its bucket belongs to another account, which then announces its log files on the hub bus. */
function trailOfOtherAccount(
  scope: Construct,
  { mode, trail }: Pick<HubProps, 'mode' | 'trail'>,
): TrailLocation | undefined {
  return mode === 'trail' && trail?.bucketOwner !== Stack.of(scope).account ? trail : undefined;
}
