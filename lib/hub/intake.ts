import { Duration, Stack } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { CloudTrailRule } from '../patterns/cloudtrail-rule';
import {
  auditObjectsPattern,
  forwardedPattern,
  forwardedTamperingPattern,
  hubPartsPattern,
  observedPatterns,
  simulationPattern,
  tamperingPattern,
  trailObjectsPattern,
  type HubResources,
  type NamedPattern,
} from '../patterns/event-patterns';
import { type WorkloadName } from '../../lambda/detection/kinds/all-kinds';
import type { HubBus } from './hub-bus';
import { NAMES, named } from '../names';
import { allowRules, queueDefaults, type WorkQueue } from './work-queue';

/** Where a trail writes its log files. */
export interface TrailLocation {
  /** Name of the bucket, which must be in the hub's Region. */
  readonly bucketName: string;
  /** Account that owns the bucket. */
  readonly bucketOwner: string;
  /**
   * Key prefix before `AWSLogs/`, ending in a slash.
   *
   * @default - none
   */
  readonly prefix?: string;
  /**
   * ARN of the customer managed KMS key that encrypts the log files.
   *
   * @default - not encrypted by a customer managed key
   */
  readonly keyArn?: string;
}

export interface IntakeProps {
  readonly hubBus: HubBus;
  /** Queue of records and announced log files. */
  readonly observe: WorkQueue;
  /** Queue of changes of the detector. */
  readonly watch: WorkQueue;
  /** Kinds of workload whose calls are observed. */
  readonly workloads: readonly WorkloadName[];
  /** Observe every call of every role session. */
  readonly forwardAll: boolean;
  /** Observe events; false where records come in a trail's log files. */
  readonly events: boolean;
  /**
   * A trail whose log files another account announces on the hub bus.
   *
   * @default - none
   */
  readonly forwardedTrail?: TrailLocation;
  /**
   * The rule of `credlock-trail` in this account sends announcements of log files to the queue.
   *
   * @default false
   */
  readonly announced?: boolean;
  /**
   * Bucket of audit records, whose new objects are announced to a queue.
   *
   * @default - none
   */
  readonly audit?: { readonly bucketName: string; readonly queue: WorkQueue };
  /**
   * Resources of the hub's account to protect besides those that members have.
   *
   * @default - none
   */
  readonly hubParts?: HubResources;
  /**
   * Key that encrypts the queue of undelivered events.
   *
   * @default - a key owned by SQS
   */
  readonly encryptionKey?: IKey;
}

/** The event rules in the hub's Region: on its account's default bus and on the hub bus. */
export class Intake extends Construct {
  /** Events that a rule could not deliver. */
  readonly undelivered: Queue;
  /** Names of the rules: `<rule>` on the default bus, `<bus>/<rule>` on the hub bus. */
  readonly rules: readonly string[];

  constructor(scope: Construct, id: string, props: IntakeProps) {
    super(scope, id);
    const { observe, watch, audit } = props;
    this.undelivered = new Queue(this, 'Undelivered', {
      queueName: named('undelivered'),
      ...queueDefaults(props.encryptionKey),
    });
    const { observed, watched, audited } = this.#patterns(props);
    const announced = props.announced === true ? [named('trail')] : [];
    observe.grantSendFromRules([...observed.map(nameOf), ...announced]);
    watch.grantSendFromRules(watched.map(nameOf));
    this.rules = [...observed, ...watched, ...audited].map(nameOf);
    allowRules(this.undelivered, this.rules);
    for (const rule of observed) this.#rule(rule, observe);
    for (const rule of watched) this.#rule(rule, watch);
    if (!audit) return;
    audit.queue.grantSendFromRules(audited.map(nameOf));
    for (const rule of audited) this.#rule(rule, audit.queue);
  }

  /** Number of undelivered events. */
  metricUndelivered(): Metric {
    return this.undelivered.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(5),
      statistic: 'Maximum',
    });
  }

  #patterns(props: IntakeProps): Readonly<Record<'observed' | 'watched' | 'audited', readonly RuleOnBus[]>> {
    const { account } = Stack.of(this);
    const { events, forwardedTrail, hubBus, hubParts = {}, audit } = props;
    const kubernetes = audit !== undefined;
    const auditLogs = audit?.bucketName;
    const own = events ? observedPatterns({ ...props, account }) : [];
    const forwarded = [
      ...(events ? [forwardedPattern()] : []),
      ...(forwardedTrail ? [trailPattern(forwardedTrail)] : []),
      simulationPattern({ account }),
    ];
    const busName = hubBus.bus.eventBusName;
    return {
      observed: [...own.map((pattern) => ({ pattern })), ...forwarded.map((pattern) => ({ pattern, busName }))],
      watched: [
        { pattern: tamperingPattern({ account, kubernetes }) },
        { pattern: hubPartsPattern({ account }, hubParts) },
        { pattern: forwardedTamperingPattern(kubernetes), busName },
      ],
      audited: auditLogs === undefined ? [] : [{ pattern: auditObjectsPattern(auditLogs, account) }],
    };
  }

  #rule({ pattern, busName }: RuleOnBus, { queue }: WorkQueue): void {
    const rule = new CloudTrailRule(this, `${busName === undefined ? 'Own' : 'Hub'}-${pattern.name}`, {
      pattern,
      target: { arn: queue.queueArn, deadLetterArn: this.undelivered.queueArn },
      readOnlyEvents: !WITHOUT_MANAGEMENT_EVENTS.has(pattern.name),
      ...(busName !== undefined && { busName }),
    });
    // EventBridge rejects a rule whose target's policy does not allow it.
    rule.node.addDependency(queue);
  }
}

interface RuleOnBus {
  readonly pattern: NamedPattern;
  /** @default the account's default bus */
  readonly busName?: string;
}

function nameOf({ pattern, busName }: RuleOnBus): string {
  return busName === undefined ? named(pattern.name) : `${NAMES.hubBus}/${named(pattern.name)}`;
}

/** Rules for events that are no CloudTrail management events. */
const WITHOUT_MANAGEMENT_EVENTS = new Set(['simulation', 'trail', 'kubernetes']);

function trailPattern({ bucketName, bucketOwner, prefix = '' }: TrailLocation): NamedPattern {
  return trailObjectsPattern(bucketName, prefix, bucketOwner);
}
