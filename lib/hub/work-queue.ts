import { Duration, Stack } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { named } from '../names';

export interface WorkQueueProps {
  /** Last part of its name: `credlock-<name>`; its dead letters are in `credlock-<name>-dead`. */
  readonly name: string;
  /** How long a message stays hidden while somebody works on it: also how long it takes to come again. */
  readonly visibility: Duration;
  /**
   * How often a message comes before it is a dead letter.
   *
   * @default 8
   */
  readonly attempts?: number;
  /**
   * Key that encrypts the messages.
   *
   * @default - a key of SQS's own
   */
  readonly encryptionKey?: IKey;
}

/** A queue, and the queue of what could not be done: both encrypted, neither to be reached without TLS, both kept for 14 days. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, 'DeadLetters', {
      queueName: named(`${props.name}-dead`),
      ...queueDefaults(props.encryptionKey),
    });
    this.queue = new Queue(this, 'Resource', {
      queueName: named(props.name),
      visibilityTimeout: props.visibility,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.attempts ?? 8 },
      ...queueDefaults(props.encryptionKey),
    });
  }

  /** Lets these rules send to the queue: `<rule>` of the account's default bus, or `<bus>/<rule>`. */
  grantSendFromRules(rules: readonly string[]): void {
    allowRules(this.queue, rules);
  }

  /** Seconds the oldest message has been waiting, those that are delayed on purpose included. */
  metricOldestAge(): Metric {
    return this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' });
  }

  /** Messages that could not be dealt with. */
  metricDeadLetters(): Metric {
    return this.deadLetters.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(5),
      statistic: 'Maximum',
    });
  }
}

/** What all queues have in common. */
export function queueDefaults(encryptionKey: IKey | undefined) {
  return {
    retentionPeriod: Duration.days(14),
    enforceSSL: true,
    ...(encryptionKey
      ? { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
      : { encryption: QueueEncryption.SQS_MANAGED }),
  };
}

/** Lets these rules of the queue's account and Region send to it: `<rule>`, or `<bus>/<rule>`. */
export function allowRules(queue: Queue, rules: readonly string[]): void {
  const { partition, region, account } = Stack.of(queue);
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid: 'RulesOfCredlock',
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      // By name, as a rule cannot be made before its queue lets it in.
      conditions: {
        ArnEquals: {
          'aws:SourceArn': rules.map((rule) => `arn:${partition}:events:${region}:${account}:rule/${rule}`),
        },
      },
    }),
  );
}
