import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { WorkloadName } from '../../lambda/detection/kinds/all-kinds';
import type { TopicFormat } from '../../lambda/detection/vocabulary';
import type { TrailLocation } from './intake';
import type { NotificationTopicsProps } from './notification-topics';

/** How records reach the hub: events of an organisation, events of one account, or a trail's log files. */
export type HubMode = 'organization' | 'single' | 'trail';

export interface HubProps extends Pick<NotificationTopicsProps, 'findingsEmail' | 'alarmsEmail'> {
  /**
   * How records reach the hub.
   *
   * @default single
   */
  readonly mode?: HubMode;
  /**
   * What the topic for findings gets. With `amazon-q`, messages are for chat channels; mails show their JSON.
   *
   * @default text
   */
  readonly topicFormat?: TopicFormat;
  /**
   * Id of the organisation whose accounts may put events on the hub bus.
   *
   * @default - none
   */
  readonly organizationId?: string;
  /**
   * The Regions that members are deployed to. A canary is sent in each, which detects a Region without rules.
   *
   * @default - the hub's Region
   */
  readonly regions?: readonly string[];
  /**
   * Minutes between two canaries to one account and Region.
   *
   * @default 60
   */
  readonly canaryMinutes?: 15 | 30 | 60;
  /**
   * Kinds of workload whose calls are observed.
   *
   * @default - EC2 instances, ECS tasks, EKS pods and Lambda functions
   */
  readonly workloads?: readonly WorkloadName[];
  /**
   * Observe every call of every role session instead of those that look like a workload's.
   *
   * @default false
   */
  readonly forwardAll?: boolean;
  /**
   * The organisation's accounts have the verification role.
   *
   * @default false
   */
  readonly verificationRole?: boolean;
  /**
   * The trail whose log files are read: in mode `trail` as they arrive, otherwise those that `credlock backfill` sends.
   *
   * @default - none
   */
  readonly trail?: TrailLocation;
  /**
   * The initial settings. After the first deployment, edit `settings.json` in the config bucket.
   *
   * @default - every setting has its default
   */
  readonly settings?: Readonly<Record<string, unknown>>;
  /**
   * The event bus that findings are put on.
   *
   * @default - the account's default bus
   */
  readonly findingsBus?: IEventBus;
  /**
   * URL of the runbook that alarms link to.
   *
   * @default - docs/runbook.md of credlock's repository
   */
  readonly runbookUrl?: string;
  /**
   * Notify the alarms topic when an alarm ends, too, also when a new one finds nothing wrong.
   *
   * @default false
   */
  readonly recoveryMails?: boolean;
  /**
   * Encrypt everything with a new customer managed key.
   *
   * @default false
   */
  readonly customerKey?: boolean;
  /**
   * An existing customer managed key; overrides `customerKey`. Its policy must let `events.amazonaws.com` and CloudWatch Logs
   * use it, as the policy of `DetectorKey` does.
   *
   * @default - none
   */
  readonly encryptionKey?: IKey;
  /**
   * Send a weekly summary of the roles that still get credentials by IMDSv1 to the findings topic.
   *
   * @default false
   */
  readonly postureSummary?: boolean;
  /**
   * Create an alarm for instances of the hub's account and Region that request metadata without a token. Mode `single`
   * only: in other modes the members have it.
   *
   * @default false
   */
  readonly metadataNoTokenAlarm?: boolean;
  /**
   * Read the audit logs of the EKS clusters in the accounts and Regions of the members. Not in mode `trail`, which has no
   * members.
   *
   * @default false
   */
  readonly kubernetes?: boolean;
  /**
   * CloudWatch Logs filter pattern of the audit records that clusters send.
   *
   * @default - all of them
   */
  readonly kubernetesPattern?: string;
  /**
   * Retention of the functions' logs.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
}
