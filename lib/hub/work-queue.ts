import { Duration, Stack } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { named } from '../names';

export interface WorkQueueProps {
  /** The queue is named `credlock-<name>`, its dead-letter queue `credlock-<name>-dead`. */
  readonly name: string;
  /** Visibility timeout: how long a received message is hidden, and the delay before a retry. */
  readonly visibility: Duration;
  /**
   * Number of receives before a message becomes a dead letter.
   *
   * @default 8
   */
  readonly attempts?: number;
  /**
   * Key that encrypts the messages.
   *
   * @default - a key owned by SQS
   */
  readonly encryptionKey?: IKey;
}

/** A queue and its dead-letter queue: encrypted, reachable only by TLS, with 14 days' retention. */
export class WorkQueue extends Construct {
  /** Without the prefix of all names. */
  readonly name: string;
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    this.name = props.name;
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

  /** Allows event rules to send to the queue: `<rule>` of the account's default bus, or `<bus>/<rule>`. */
  grantSendFromRules(rules: readonly string[]): void {
    allowRules(this.queue, rules);
  }

  /** Age of the oldest message in seconds, including messages delayed on purpose. */
  metricOldestAge(): Metric {
    return this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' });
  }

  /** Number of dead letters. */
  metricDeadLetters(): Metric {
    return this.deadLetters.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(5),
      statistic: 'Maximum',
    });
  }
}

/** Visibility timeout in multiples of the function's timeout, as Lambda's developer guide recommends. */
export const VISIBILITY_FACTOR = 6;

/** Properties common to all queues. */
export function queueDefaults(encryptionKey: IKey | undefined) {
  return {
    retentionPeriod: Duration.days(14),
    enforceSSL: true,
    ...(encryptionKey
      ? { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
      : { encryption: QueueEncryption.SQS_MANAGED }),
  };
}

/** Allows event rules of the queue's account and Region to send to it: `<rule>`, or `<bus>/<rule>`. */
export function allowRules(queue: Queue, rules: readonly string[]): void {
  const { partition, region, account } = Stack.of(queue);
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid: 'RulesOfCredlock',
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      // By name: a rule can only be created once its queue's policy allows it.
      conditions: {
        ArnEquals: {
          'aws:SourceArn': rules.map((rule) => `arn:${partition}:events:${region}:${account}:rule/${rule}`),
        },
      },
    }),
  );
}
