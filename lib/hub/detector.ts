import { Duration, Stack, Token } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule, type EventPattern } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { SqsEventSource, type SqsEventSourceProps } from 'aws-cdk-lib/aws-lambda-event-sources';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { POSTURE_TASKS, WATCH_TASKS } from '../../lambda/environment';
import { acknowledgeTrail } from '../acknowledgements';
import { CanaryRole } from './canary-role';
import { ConfigBucket } from './config-bucket';
import { configChangePattern } from '../patterns/event-patterns';
import { withDefaultDestinations, type IFindingDestination } from './finding-destination';
import { FirstSettings } from './first-settings';
import { HandlerFunction } from './handler-function';
import { HANDLERS, type DeployedHandler } from './handlers';
import type { TrailPlace } from './intake';
import { grantUseOfKey } from './grant-use-of-key';
import { LockTable } from './lock-table';
import { CONFIG_KEYS, NAMES, named } from '../names';
import { queueDefaults, WorkQueue } from './work-queue';

export interface DetectorProps {
  /**
   * The first settings, as the config file of `credlock replay` has them. Later ones are edited in the config bucket.
   *
   * @default - none, so that each has its default
   */
  readonly settings?: Readonly<Record<string, unknown>>;
  /**
   * Where findings go, beside Security Hub and the account's default event bus.
   *
   * @default - nowhere else
   */
  readonly destinations?: readonly IFindingDestination[];
  /**
   * The trail whose log files are read: instead of events, or by `credlock backfill`.
   *
   * @default - none
   */
  readonly trail?: TrailPlace;
  /**
   * Organisation whose accounts have the verification role, so that canaries sing in all of them.
   *
   * @default - canaries sing in the hub account alone
   */
  readonly verifiedOrganization?: string;
  /**
   * Regions in which members forward: canaries sing in each, so that one without rules is found.
   *
   * @default - they sing where something was heard
   */
  readonly regions?: readonly string[];
  /**
   * Whether people are told once a week which roles still get their keys by IMDSv1; needs a topic among the destinations.
   *
   * @default false
   */
  readonly postureSummary?: boolean;
  /**
   * How long logs are kept.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
  /**
   * Key of yours that encrypts table, queues, bucket and logs. Its policy must let `events.amazonaws.com` and CloudWatch Logs
   * use it, as `DetectorKey`'s does.
   *
   * @default - keys of AWS's own
   */
  readonly encryptionKey?: IKey;
}

/** What runs: the lock table, the config bucket, the handlers and the queues between them. */
export class Detector extends Construct {
  readonly lockTable: LockTable;
  readonly config: ConfigBucket;
  readonly observeQueue: WorkQueue;
  readonly delayedQueue: WorkQueue;
  readonly publishingQueue: WorkQueue;
  readonly watchQueue: WorkQueue;
  /** Messages nobody can read, for people to look at. */
  readonly quarantineQueue: Queue;
  readonly handlers: Readonly<Record<DeployedHandler, HandlerFunction>>;

  constructor(scope: Construct, id: string, props: DetectorProps = {}) {
    super(scope, id);
    const { encryptionKey, logRetention = RetentionDays.THREE_MONTHS, settings = {} } = props;
    const encrypted = encryptionKey ? { encryptionKey } : {};
    this.lockTable = new LockTable(this, 'LockTable', encrypted);
    this.config = new ConfigBucket(this, 'Config', encrypted);
    const queue = (name: string, handler: DeployedHandler): WorkQueue =>
      new WorkQueue(this, `${name}-queue`, {
        name,
        visibility: Duration.seconds(HANDLERS[handler].seconds * TIMES_HIDDEN),
        ...encrypted,
      });
    this.observeQueue = queue('observe', 'observe');
    this.delayedQueue = queue('delayed', 'confirm');
    this.publishingQueue = queue('publishing', 'publish');
    this.watchQueue = queue('watch', 'watch');
    this.quarantineQueue = new Queue(this, 'quarantine-queue', {
      queueName: named('quarantine'),
      ...queueDefaults(encryptionKey),
    });
    const make = (handler: DeployedHandler): HandlerFunction =>
      new HandlerFunction(this, handler, { handler, logRetention, ...encrypted });
    this.handlers = {
      observe: make('observe'),
      confirm: make('confirm'),
      publish: make('publish'),
      rejudge: make('rejudge'),
      refreshIpRanges: make('refreshIpRanges'),
      watch: make('watch'),
      posture: make('posture'),
    };
    this.#observe(props);
    this.#confirm();
    const destinations = withDefaultDestinations(this, props.destinations ?? []);
    this.#publish(destinations);
    this.#posture(destinations, props.postureSummary ?? false);
    this.#rejudge(destinations);
    this.#refreshIpRanges();
    this.#watch(props);
    const { refreshIpRanges } = this.handlers;
    new FirstSettings(this, 'FirstSettings', { config: this.config, settings, refreshIpRanges });
  }

  /** Has `watch` look whether rules are there and on: those of the members, and these of the hub account in this Region. */
  watchRules(rules: { readonly members: readonly string[]; readonly hub: readonly string[] }): void {
    const { watch } = this.handlers;
    const { partition, region, account } = Stack.of(this);
    if (rules.members.length > 0) watch.tell('rules', rules.members.join(','));
    watch.tell('hubRules', rules.hub.join(','));
    watch.allow(
      new PolicyStatement({ actions: ['events:ListRules'], resources: ['*'] }),
      new PolicyStatement({
        actions: ['events:ListTargetsByRule'],
        resources: rules.hub.map((rule) => `arn:${partition}:events:${region}:${account}:rule/${rule}`),
      }),
    );
  }

  #observe({ trail, encryptionKey }: DetectorProps): void {
    const { observe } = this.handlers;
    this.lockTable.grantKeep(observe);
    this.config.grantReadConfig(observe);
    this.#grantSend(observe, 'delayedQueueUrl', this.delayedQueue.queue);
    this.#grantSend(observe, 'quarantineQueueUrl', this.quarantineQueue);
    if (encryptionKey) observe.tell('detectorKey', encryptionKey.keyArn);
    if (trail) {
      this.#grantReadTrail(observe, trail);
      // What rules bring to watch from events, observe finds in log files.
      this.#grantSend(observe, 'watchQueueUrl', this.watchQueue.queue);
    }
    this.#feed(observe, this.observeQueue, {
      // A message may be a whole log file.
      batchSize: trail ? 20 : 100,
      maxBatchingWindow: Duration.seconds(5),
      maxConcurrency: 20,
    });
  }

  #grantReadTrail(observe: HandlerFunction, { bucketName, bucketOwner, prefix = '', keyArn }: TrailPlace): void {
    const { partition } = Stack.of(this);
    const objects = `arn:${partition}:s3:::${bucketName}/${prefix}AWSLogs/*`;
    const written = Token.isUnresolved(partition) ? '<AWS::Partition>' : partition;
    acknowledgeTrail(observe.role, objects.replace(partition, written));
    observe.tell('trailBucket', bucketName);
    observe.tell('trailBucketOwner', bucketOwner);
    if (prefix !== '') observe.tell('trailPrefix', prefix);
    observe.allow(
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [objects],
      }),
      ...(keyArn === undefined ? [] : [new PolicyStatement({ actions: ['kms:Decrypt'], resources: [keyArn] })]),
    );
  }

  #confirm(): void {
    const { confirm } = this.handlers;
    this.lockTable.grantKeep(confirm);
    this.config.grantReadConfig(confirm);
    this.#grantSend(confirm, 'delayedQueueUrl', this.delayedQueue.queue);
    this.#grantSend(confirm, 'publishingQueueUrl', this.publishingQueue.queue);
    this.#grantSend(confirm, 'quarantineQueueUrl', this.quarantineQueue);
    this.#feed(confirm, this.delayedQueue, { batchSize: 10, maxConcurrency: 10 });
  }

  #publish(destinations: readonly IFindingDestination[]): void {
    const { publish } = this.handlers;
    for (const destination of destinations) destination.bind(publish);
    // Only the sinks that refused a finding get it again.
    this.#grantSend(publish, 'publishingQueueUrl', this.publishingQueue.queue);
    // Security Hub takes ten requests a second of an account, whoever sends them.
    this.#feed(publish, this.publishingQueue, {
      batchSize: 50,
      maxBatchingWindow: Duration.seconds(5),
      maxConcurrency: 2,
    });
  }

  #rejudge(destinations: readonly IFindingDestination[]): void {
    const { rejudge } = this.handlers;
    this.lockTable.grantKeep(rejudge);
    this.config.grantReadConfig(rejudge);
    this.config.grantKeepRecords(rejudge);
    this.#grantSend(rejudge, 'delayedQueueUrl', this.delayedQueue.queue);
    // People are told when the settings change, as with them everything can be switched off.
    for (const destination of destinations) if (destination.sink === 'sns') destination.bind(rejudge);
    this.#schedule('daily', rejudge, Duration.days(1));
    const keys = [CONFIG_KEYS.settings, CONFIG_KEYS.ipRanges];
    this.#rule('config-changed', rejudge, { eventPattern: configChangePattern(this.config.bucket.bucketName, keys) });
  }

  /** It speaks to Security Hub by itself, and to people only once a week. */
  #posture(destinations: readonly IFindingDestination[], summary: boolean): void {
    const { posture } = this.handlers;
    this.lockTable.grantKeep(posture);
    this.config.grantReadConfig(posture);
    const spoken = destinations.filter(({ sink }) => sink === 'security-hub' || (summary && sink === 'sns'));
    for (const destination of spoken) destination.bind(posture);
    this.#schedule('posture', posture, Duration.days(1), POSTURE_TASKS.daily);
    if (summary) this.#schedule('posture-summary', posture, Duration.days(7), POSTURE_TASKS.summary);
  }

  #refreshIpRanges(): void {
    const { refreshIpRanges } = this.handlers;
    this.config.grantKeepIpRanges(refreshIpRanges);
    this.#schedule('ip-ranges', refreshIpRanges, Duration.hours(6));
  }

  #watch({ verifiedOrganization, regions = [], trail, encryptionKey }: DetectorProps): void {
    const { watch } = this.handlers;
    const { partition } = Stack.of(this);
    this.lockTable.grantKeep(watch);
    this.config.grantReadConfig(watch);
    this.#grantSend(watch, 'publishingQueueUrl', this.publishingQueue.queue);
    this.#grantSend(watch, 'quarantineQueueUrl', this.quarantineQueue);
    watch.tell('hubPartition', partition);
    if (regions.length > 0) watch.tell('regions', regions.join(','));
    if (trail) watch.tell('trailBucket', trail.bucketName);
    if (encryptionKey) watch.tell('detectorKey', encryptionKey.keyArn);
    new CanaryRole(this, 'Canary', { watch });
    if (verifiedOrganization !== undefined) {
      watch.tell('verificationRole', NAMES.verificationRole);
      watch.allow(
        new PolicyStatement({
          actions: ['sts:AssumeRole'],
          resources: [`arn:${partition}:iam::*:role/${NAMES.verificationRole}`],
          conditions: { StringEquals: { 'aws:ResourceOrgID': verifiedOrganization } },
        }),
      );
    }
    this.#feed(watch, this.watchQueue, { batchSize: 10, maxConcurrency: 2 });
    this.#schedule('canary-flight', watch, Duration.minutes(15), WATCH_TASKS.canary);
    this.#schedule('silence-watch', watch, Duration.hours(1), WATCH_TASKS.silence);
  }

  #grantSend(
    handler: HandlerFunction,
    variable: 'delayedQueueUrl' | 'publishingQueueUrl' | 'quarantineQueueUrl' | 'watchQueueUrl',
    queue: Queue,
  ): void {
    queue.grant(handler, 'sqs:SendMessage');
    grantUseOfKey(queue.encryptionMasterKey, handler);
    handler.tell(variable, queue.queueUrl);
  }

  #feed(handler: HandlerFunction, { queue }: WorkQueue, how: SqsEventSourceProps): void {
    handler.function.addEventSource(new SqsEventSource(queue, { reportBatchItemFailures: true, ...how }));
  }

  #schedule(name: string, handler: HandlerFunction, every: Duration, input?: object): void {
    this.#rule(name, handler, { schedule: Schedule.rate(every) }, input);
  }

  #rule(
    name: string,
    handler: HandlerFunction,
    when: { readonly schedule: Schedule } | { readonly eventPattern: EventPattern },
    input?: object,
  ): void {
    const event = input === undefined ? {} : { event: RuleTargetInput.fromObject(input) };
    new Rule(this, `rule-${name}`, {
      ruleName: named(name),
      description: `credlock: calls ${handler.handler}`,
      targets: [new FunctionTarget(handler.function, event)],
      ...when,
    });
  }
}

/** How many longest calls a message stays hidden: what Lambda's guide asks for, so that throttled calls use up no try. */
const TIMES_HIDDEN = 6;
