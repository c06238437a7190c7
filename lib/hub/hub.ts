import { Stack } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { Alarms } from './alarms';
import { Dashboard } from './dashboard';
import { Detector } from './detector';
import { DetectorKey } from './detector-key';
import type { WorkloadName } from '../patterns/event-patterns';
import { FindingDestination } from './finding-destination';
import { HubBus } from './hub-bus';
import { sayHub } from './hub-outputs';
import { Intake, type TrailPlace } from './intake';
import { DEFAULT_WORKLOADS, memberRules } from '../member/member';
import { MetadataNoTokenAlarm } from '../member/metadata-no-token-alarm';
import { People, type PeopleProps } from './notification-topics';

/** How records reach the hub. */
export type HubMode = 'organization' | 'single' | 'trail';

export interface HubProps extends Pick<PeopleProps, 'findingsEmail' | 'alarmsEmail'> {
  /**
   * `organization`: events of all its accounts; `single`: events of this account; `trail`: the log files of a trail.
   *
   * @default single
   */
  readonly mode?: HubMode;
  /**
   * The organisation, whose accounts may put events on the hub bus.
   *
   * @default - none
   */
  readonly organizationId?: string;
  /**
   * The Regions members are deployed to; said in the outputs.
   *
   * @default - the hub's own
   */
  readonly regions?: readonly string[];
  /**
   * Kinds of workloads whose events are observed.
   *
   * @default - EC2 instances, ECS tasks, EKS pods and Lambda functions
   */
  readonly workloads?: readonly WorkloadName[];
  /**
   * Observe every call of every role session.
   *
   * @default false
   */
  readonly forwardAll?: boolean;
  /**
   * Whether the organisation's accounts have the verification role.
   *
   * @default false
   */
  readonly verificationRole?: boolean;
  /**
   * The trail whose log files are read: in mode `trail` all of them as they come, else those that `credlock backfill` names.
   *
   * @default - none
   */
  readonly trail?: TrailPlace;
  /**
   * The first settings. Later ones are edited in the config bucket.
   *
   * @default - all defaults
   */
  readonly settings?: Readonly<Record<string, unknown>>;
  /**
   * The bus findings are put on.
   *
   * @default - the account's default bus
   */
  readonly findingsBus?: IEventBus;
  /**
   * The runbook alarms link to.
   *
   * @default - credlock's own, docs/runbook.md
   */
  readonly runbookUrl?: string;
  /**
   * Whether a key of the account's own encrypts everything.
   *
   * @default false
   */
  readonly customerKey?: boolean;
  /**
   * An own key for that; takes the place of `customerKey`.
   *
   * @default - none
   */
  readonly encryptionKey?: IKey;
  /**
   * Whether people are told once a week, by the findings topic, which roles still get their keys by IMDSv1.
   *
   * @default false
   */
  readonly postureSummary?: boolean;
  /**
   * Whether an alarm goes off while an instance of the hub's own account and Region asks for metadata without a token. Only
   * in mode `single`: elsewhere the members have it.
   *
   * @default false
   */
  readonly metadataNoTokenAlarm?: boolean;
  /**
   * How long logs are kept.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
}

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
    sayHub(this, settled);
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
