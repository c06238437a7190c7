import { Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { Alarms } from './alarms';
import { Dashboard } from './dashboard';
import { Detector } from './detector';
import { DetectorKey } from './detector-key';
import { FindingDestination } from './finding-destination';
import { HubBus } from './hub-bus';
import { writeHubOutputs } from './hub-outputs';
import { Intake, type TrailPlace } from './intake';
import { DEFAULT_WORKLOADS } from '../../lambda/detection/kinds/all-kinds';
import { memberRules } from '../member/member';
import { MetadataNoTokenAlarm } from '../member/metadata-no-token-alarm';
import { People } from './notification-topics';
import type { HubProps } from './hub-props';

const RUNBOOK = 'https://github.com/credlock/credlock/blob/main/docs/runbook.md';

/** What holds where a property is not given. */
const DEFAULTS: Required<Pick<HubProps, 'mode' | 'workloads' | 'forwardAll' | 'verificationRole' | 'runbookUrl'>> = {
  mode: 'single',
  workloads: DEFAULT_WORKLOADS,
  forwardAll: false,
  verificationRole: false,
  runbookUrl: RUNBOOK,
};

/** The whole hub: detector, bus, rules, topics, alarms and dashboard. */
export class Hub extends Construct {
  readonly detector: Detector;
  readonly hubBus: HubBus;
  readonly intake: Intake;
  readonly people: People;
  readonly alarms: Alarms;
  /** Where it was asked for. */
  readonly noTokenAlarm?: MetadataNoTokenAlarm;

  constructor(scope: Construct, id: string, props: HubProps = {}) {
    super(scope, id);
    const settled = { ...DEFAULTS, ...props };
    const { mode, organizationId, findingsBus, runbookUrl } = settled;
    const encrypted = this.#encryption(props);
    const verified = settled.verificationRole && organizationId !== undefined;
    this.people = new People(this, 'People', { ...props, ...encrypted });
    this.detector = new Detector(this, 'Detector', {
      ...props,
      ...encrypted,
      destinations: [
        FindingDestination.topic(this.people.findings),
        ...(findingsBus ? [FindingDestination.eventBus(findingsBus)] : []),
      ],
      ...(verified && { verifiedOrganization: organizationId }),
    });
    const elsewhere = announcedElsewhere(this, settled);
    this.hubBus = new HubBus(this, 'Bus', { ...props, ...(elsewhere && { accounts: [elsewhere.bucketOwner] }) });
    this.intake = this.#intake(settled, encrypted);
    const members = mode === 'trail' ? [] : memberRules(settled);
    this.detector.watchRules({ members, hub: this.intake.rules });
    const { detector, intake } = this;
    this.alarms = new Alarms(this, 'Alarms', { detector, intake, topic: this.people.alarms, runbookUrl });
    new Dashboard(this, 'Dashboard', {
      detector,
      intake,
      alarms: [...this.alarms.all, ...this.alarms.rounds],
      runbookUrl,
    });
    if (mode === 'single' && props.metadataNoTokenAlarm)
      this.noTokenAlarm = new MetadataNoTokenAlarm(this, 'MetadataNoToken', {
        actionArns: [this.people.alarms.topicArn],
      });
    writeHubOutputs(this, settled);
  }

  #intake(settled: HubProps & typeof DEFAULTS, encrypted: { readonly encryptionKey?: IKey }): Intake {
    const { mode, trail } = settled;
    const { encryptionKey } = encrypted;
    const elsewhere = announcedElsewhere(this, settled);
    return new Intake(this, 'Intake', {
      ...settled,
      ...encrypted,
      hubBus: this.hubBus,
      observe: this.detector.observeQueue,
      watch: this.detector.watchQueue,
      events: mode !== 'trail',
      announced: mode === 'trail' && !elsewhere,
      ...(elsewhere && { forwardedTrail: elsewhere }),
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

/** The trail, where another account than the hub's has its bucket and announces its log files. */
function announcedElsewhere(
  scope: Construct,
  { mode, trail }: Pick<HubProps, 'mode' | 'trail'>,
): TrailPlace | undefined {
  return mode === 'trail' && trail?.bucketOwner !== Stack.of(scope).account ? trail : undefined;
}
