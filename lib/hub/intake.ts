import { Duration, Stack } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { CloudTrailRule } from '../patterns/cloudtrail-rule';
import {
  forwardedPattern,
  forwardedTamperingPattern,
  hubPartsPattern,
  observedPatterns,
  simulationPattern,
  tamperingPattern,
  trailObjectsPattern,
  type HubParts,
  type NamedPattern,
} from '../patterns/event-patterns';
import { type WorkloadName } from '../../lambda/detection/kinds/all-kinds';
import type { HubBus } from './hub-bus';
import { NAMES, named } from '../names';
import { allowRules, queueDefaults, type WorkQueue } from './work-queue';

/** Log files that are announced. */
export interface TrailPlace {
  /** Name of the bucket, which must be in the hub's Region. */
  readonly bucketName: string;
  /** Account it belongs to. */
  readonly bucketOwner: string;
  /**
   * What stands before `AWSLogs/` in its keys: empty, or ending in a slash.
   *
   * @default - nothing
   */
  readonly prefix?: string;
  /**
   * ARN of the KMS key its objects are encrypted with.
   *
   * @default - none, or one of S3's own
   */
  readonly keyArn?: string;
}

export interface IntakeProps {
  readonly hubBus: HubBus;
  /** Where what is to be observed goes. */
  readonly observe: WorkQueue;
  /** Where changes of the detector go. */
  readonly watch: WorkQueue;
  /** Kinds of workloads whose calls are wanted. */
  readonly workloads: readonly WorkloadName[];
  readonly forwardAll: boolean;
  /** Whether events are observed. Where records come in the log files of a trail instead, they are not. */
  readonly events: boolean;
  /**
   * The trail whose log files another account announces on the hub bus.
   *
   * @default - none
   */
  readonly forwardedTrail?: TrailPlace;
  /**
   * Whether the rule of `credlock-trail` in this account announces log files to the queue.
   *
   * @default false
   */
  readonly announced?: boolean;
  /**
   * What can be tampered with in the hub's account alone.
   *
   * @default - nothing beside what members have
   */
  readonly hubParts?: HubParts;
  /**
   * @default - a key of SQS's own
   */
  readonly encryptionKey?: IKey;
}

/** The rules in the hub's own Region: on its account's default bus, and on the hub bus. */
export class Intake extends Construct {
  /** Events that a rule could not hand over. */
  readonly undelivered: Queue;
  /** The names of its rules: `<rule>` on the default bus, `<bus>/<rule>` on the hub's. */
  readonly rules: readonly string[];

  constructor(scope: Construct, id: string, props: IntakeProps) {
    super(scope, id);
    const { observe, watch } = props;
    this.undelivered = new Queue(this, 'Undelivered', {
      queueName: named('undelivered'),
      ...queueDefaults(props.encryptionKey),
    });
    const { observed, watched } = this.#patterns(props);
    const announced = props.announced === true ? [named('trail')] : [];
    observe.grantSendFromRules([...observed.map(nameOf), ...announced]);
    watch.grantSendFromRules(watched.map(nameOf));
    this.rules = [...observed, ...watched].map(nameOf);
    allowRules(this.undelivered, this.rules);
    for (const rule of observed) this.#rule(rule, observe);
    for (const rule of watched) this.#rule(rule, watch);
  }

  /** Events that a rule could not hand over, waiting to be looked at. */
  metricUndelivered(): Metric {
    return this.undelivered.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(5),
      statistic: 'Maximum',
    });
  }

  #patterns(props: IntakeProps): { readonly observed: readonly OnBus[]; readonly watched: readonly OnBus[] } {
    const { account } = Stack.of(this);
    const { events, forwardedTrail, hubBus, hubParts = {} } = props;
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
        { pattern: tamperingPattern({ account }) },
        { pattern: hubPartsPattern({ account }, hubParts) },
        { pattern: forwardedTamperingPattern(), busName },
      ],
    };
  }

  #rule({ pattern, busName }: OnBus, { queue }: WorkQueue): void {
    const rule = new CloudTrailRule(this, `${busName === undefined ? 'Own' : 'Hub'}-${pattern.name}`, {
      pattern,
      target: { arn: queue.queueArn, deadLetterArn: this.undelivered.queueArn },
      readOnlyEvents: !NOT_OF_CLOUDTRAIL.has(pattern.name),
      ...(busName !== undefined && { busName }),
    });
    // A rule whose target refuses it cannot be made.
    rule.node.addDependency(queue);
  }
}

interface OnBus {
  readonly pattern: NamedPattern;
  /** @default the account's default bus */
  readonly busName?: string;
}

function nameOf({ pattern, busName }: OnBus): string {
  return busName === undefined ? named(pattern.name) : `${NAMES.hubBus}/${named(pattern.name)}`;
}

const NOT_OF_CLOUDTRAIL = new Set(['simulation', 'trail']);

function trailPattern({ bucketName, bucketOwner, prefix = '' }: TrailPlace): NamedPattern {
  return trailObjectsPattern(bucketName, prefix, bucketOwner);
}
