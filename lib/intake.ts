import { Stack } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { CloudTrailRule } from './cloudtrail-rule';
import {
  forwardedPattern,
  forwardedTamperingPattern,
  observedPatterns,
  simulationPattern,
  tamperingPattern,
  trailObjectsPattern,
  type NamedPattern,
  type WorkloadName,
} from './event-patterns';
import type { HubBus } from './hub-bus';
import { named } from './names';
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
   * @default - a key of SQS's own
   */
  readonly encryptionKey?: IKey;
}

/** The rules in the hub's own Region: on its account's default bus, and on the hub bus. */
export class Intake extends Construct {
  /** Events that a rule could not hand over. */
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, props: IntakeProps) {
    super(scope, id);
    const { observe, watch, events, forwardedTrail } = props;
    const { account } = Stack.of(this);
    this.undelivered = new Queue(this, 'Undelivered', {
      queueName: named('undelivered'),
      ...queueDefaults(props.encryptionKey),
    });
    allowRules(this.undelivered);
    observe.grantSendFromRules();
    watch.grantSendFromRules();
    const own = events ? observedPatterns({ ...props, account }) : [];
    this.#rules('Own', own, observe);
    this.#rules('Own', [tamperingPattern({ account })], watch);
    const bus = props.hubBus.bus.eventBusName;
    const forwarded = [
      ...(events ? [forwardedPattern()] : []),
      ...(forwardedTrail ? [trailPattern(forwardedTrail)] : []),
    ];
    this.#rules('Hub', forwarded, observe, bus);
    this.#rules('Hub', [forwardedTamperingPattern()], watch, bus);
    this.#rules('Hub', [simulationPattern({ account })], observe, bus);
  }

  /** Events that a rule could not hand over, waiting to be looked at. */
  metricUndelivered(): Metric {
    return this.undelivered.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(5),
      statistic: 'Maximum',
    });
  }

  #rules(place: string, patterns: readonly NamedPattern[], { queue }: WorkQueue, busName?: string): void {
    const target = { arn: queue.queueArn, deadLetterArn: this.undelivered.queueArn };
    for (const pattern of patterns) {
      const rule = new CloudTrailRule(this, `${place}-${pattern.name}`, {
        pattern,
        target,
        readOnlyEvents: !NOT_OF_CLOUDTRAIL.has(pattern.name),
        ...(busName !== undefined && { busName }),
      });
      // A rule on a bus that is not there yet cannot be made, nor one whose target refuses it.
      rule.node.addDependency(queue);
    }
  }
}

const NOT_OF_CLOUDTRAIL = new Set(['simulation', 'trail']);

function trailPattern({ bucketName, bucketOwner, prefix = '' }: TrailPlace): NamedPattern {
  return trailObjectsPattern(bucketName, prefix, bucketOwner);
}
