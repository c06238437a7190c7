import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { WorkloadName } from '../../lambda/detection/kinds/all-kinds';
import type { TrailPlace } from './intake';
import type { PeopleProps } from './notification-topics';

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
