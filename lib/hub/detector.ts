import { Duration, Stack, Token } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule, type EventPattern } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { POSTURE_TASKS, WATCH_TASKS } from '../../lambda/environment';
import { acknowledgeTrail } from '../acknowledgements';
import { CanaryRole } from './canary-role';
import { ConfigBucket } from './config-bucket';
import { configChangePattern } from '../patterns/event-patterns';
import { withDefaultDestinations, type IFindingDestination } from './finding-destination';
import { HandlerFunction } from './handler-function';
import { consume, grantSend } from './handler-queues';
import { HANDLERS, type AlwaysDeployed, type DeployedHandler } from './handlers';
import type { HubProps } from './hub-props';
import type { TrailLocation } from './intake';
import { grantVerificationRole } from './grant-verification-role';
import { InitialSettings } from './initial-settings';
import { LockTable } from './lock-table';
import { ADDRESS_ACTIONS } from '../member/verification-role';
import { CONFIG_KEYS, NAMES, named } from '../names';
import type { MemberRule } from '../member/member';
import { queueDefaults, VISIBILITY_FACTOR, WorkQueue } from './work-queue';

type SharedProps = Pick<
  HubProps,
  'settings' | 'trail' | 'regions' | 'canaryMinutes' | 'postureSummary' | 'logRetention' | 'encryptionKey'
>;

export interface DetectorProps extends SharedProps {
  /**
   * Destinations of findings. Security Hub and the account's default event bus are added unless others of their kind are
   * given.
   *
   * @default - Security Hub and the default event bus
   */
  readonly destinations?: readonly IFindingDestination[];
  /**
   * Organisation whose accounts have the verification role, so that canaries are sent in all of them and EC2 is asked there
   * who has suspicious addresses.
   *
   * @default - canaries are sent in the hub account only, and EC2 is not asked
   */
  readonly verifiedOrganization?: string;
}

/** The lock table, the config bucket, the handlers and the queues between them. */
export class Detector extends Construct {
  readonly lockTable: LockTable;
  readonly config: ConfigBucket;
  readonly observeQueue: WorkQueue;
  readonly delayedQueue: WorkQueue;
  readonly publishingQueue: WorkQueue;
  readonly watchQueue: WorkQueue;
  /** Present with `verifiedOrganization`. */
  readonly verifyQueue?: WorkQueue;
  /** Messages that cannot be parsed or accepted, kept for manual inspection. */
  readonly quarantineQueue: Queue;
  readonly handlers: Readonly<Record<AlwaysDeployed, HandlerFunction>> & { readonly verify?: HandlerFunction };
  /** Names of the rules on the default bus that invoke handlers. */
  readonly invokingRules: string[] = [];

  constructor(scope: Construct, id: string, props: DetectorProps = {}) {
    super(scope, id);
    const { encryptionKey, logRetention = RetentionDays.THREE_MONTHS, settings = {}, verifiedOrganization } = props;
    const encrypted = encryptionKey ? { encryptionKey } : {};
    this.lockTable = new LockTable(this, 'LockTable', encrypted);
    this.config = new ConfigBucket(this, 'Config', encrypted);
    const queue = (name: string, handler: DeployedHandler): WorkQueue =>
      new WorkQueue(this, `${name}-queue`, {
        name,
        visibility: Duration.seconds(HANDLERS[handler].seconds * VISIBILITY_FACTOR),
        ...encrypted,
      });
    this.observeQueue = queue('observe', 'observe');
    this.delayedQueue = queue('delayed', 'confirm');
    this.publishingQueue = queue('publishing', 'publish');
    this.watchQueue = queue('watch', 'watch');
    if (verifiedOrganization !== undefined) this.verifyQueue = queue('verify', 'verify');
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
      ...(verifiedOrganization !== undefined && { verify: make('verify') }),
    };
    this.#observe(props);
    this.#confirm();
    const destinations = withDefaultDestinations(this, props.destinations ?? []);
    this.#publish(destinations);
    this.#posture(destinations, props.postureSummary ?? false);
    this.#rejudge(destinations);
    this.#refreshIpRanges(destinations);
    this.#watch(props);
    if (verifiedOrganization !== undefined) this.#verify(verifiedOrganization);
    new InitialSettings(this, 'InitialSettings', { ...this.handlers, config: this.config, settings });
  }

  /** Makes `watch` check that these rules exist and are enabled: the members', and the hub account's in this Region. */
  watchRules(rules: { readonly members: readonly MemberRule[]; readonly hub: readonly string[] }): void {
    const { watch } = this.handlers;
    const { partition, region, account } = Stack.of(this);
    if (rules.members.length > 0) {
      watch.setVariable('rules', rules.members.map(({ name }) => name).join(','));
      watch.setVariable('rulePatterns', rules.members.map(({ fingerprint }) => fingerprint).join(','));
    }
    watch.setVariable('hubRules', rules.hub.join(','));
    watch.allow(
      new PolicyStatement({ actions: ['events:ListRules'], resources: ['*'] }),
      new PolicyStatement({
        actions: ['events:ListTargetsByRule'],
        resources: rules.hub.map((rule) => `arn:${partition}:events:${region}:${account}:rule/${rule}`),
      }),
    );
  }

  /**
   * Invokes a handler regularly.
   *
   * @internal
   */
  schedule(name: string, handler: HandlerFunction, every: Duration, input?: object): void {
    this.#rule(name, handler, { schedule: Schedule.rate(every) }, input);
  }

  #observe({ trail, encryptionKey }: DetectorProps): void {
    const { observe } = this.handlers;
    this.lockTable.grantReadWrite(observe);
    this.config.grantReadConfig(observe);
    grantSend(observe, 'delayedQueueUrl', this.delayedQueue.queue);
    grantSend(observe, 'quarantineQueueUrl', this.quarantineQueue);
    if (encryptionKey) observe.setVariable('detectorKey', encryptionKey.keyArn);
    if (trail) {
      this.#grantReadTrail(observe, trail);
      // Tampering reaches watch by rules for events; in log files, observe finds it.
      grantSend(observe, 'watchQueueUrl', this.watchQueue.queue);
    }
    consume(observe, this.observeQueue, {
      // A message may be a whole log file.
      batchSize: trail ? 20 : 100,
      maxBatchingWindow: Duration.seconds(5),
      maxConcurrency: 20,
    });
  }

  #grantReadTrail(observe: HandlerFunction, trail: TrailLocation): void {
    const { bucketName, prefix = '', keyArn } = trail;
    const { partition } = Stack.of(this);
    const objects = `arn:${partition}:s3:::${bucketName}/${prefix}AWSLogs/*`;
    const spelled = Token.isUnresolved(partition) ? '<AWS::Partition>' : partition;
    acknowledgeTrail(observe.role, objects.replace(partition, spelled));
    setTrail(observe, trail);
    observe.setVariable('trailBucketOwner', trail.bucketOwner);
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
    this.lockTable.grantReadWrite(confirm);
    this.config.grantReadConfig(confirm);
    grantSend(confirm, 'delayedQueueUrl', this.delayedQueue.queue);
    grantSend(confirm, 'publishingQueueUrl', this.publishingQueue.queue);
    grantSend(confirm, 'quarantineQueueUrl', this.quarantineQueue);
    consume(confirm, this.delayedQueue, { batchSize: 10, maxConcurrency: 10 });
  }

  #publish(destinations: readonly IFindingDestination[]): void {
    const { publish } = this.handlers;
    for (const destination of destinations) destination.bind(publish);
    // A finding is sent again to the sinks that refused it.
    grantSend(publish, 'publishingQueueUrl', this.publishingQueue.queue);
    // Security Hub allows ten requests a second per account.
    consume(publish, this.publishingQueue, {
      batchSize: 50,
      maxBatchingWindow: Duration.seconds(5),
      maxConcurrency: 2,
    });
  }

  #rejudge(destinations: readonly IFindingDestination[]): void {
    const { rejudge } = this.handlers;
    this.lockTable.grantReadWrite(rejudge);
    this.config.grantReadConfig(rejudge);
    this.config.grantWriteRecords(rejudge);
    grantSend(rejudge, 'delayedQueueUrl', this.delayedQueue.queue);
    // Changes of settings are reported, because settings can disable detection.
    for (const destination of destinations) if (destination.sink === 'sns') destination.bind(rejudge);
    this.schedule('daily', rejudge, Duration.days(1));
    const keys = [CONFIG_KEYS.settings, CONFIG_KEYS.ipRanges];
    this.#rule('config-changed', rejudge, { eventPattern: configChangePattern(this.config.bucket.bucketName, keys) });
  }

  /** `posture` imports into Security Hub itself; the topic gets only the weekly summary. */
  #posture(destinations: readonly IFindingDestination[], summary: boolean): void {
    const { posture } = this.handlers;
    this.lockTable.grantReadWrite(posture);
    this.config.grantReadConfig(posture);
    const bound = destinations.filter(({ sink }) => sink === 'security-hub' || (summary && sink === 'sns'));
    for (const destination of bound) destination.bind(posture);
    this.schedule('posture', posture, Duration.days(1), POSTURE_TASKS.daily);
    if (summary) this.schedule('posture-summary', posture, Duration.days(7), POSTURE_TASKS.summary);
  }

  #refreshIpRanges(destinations: readonly IFindingDestination[]): void {
    const { refreshIpRanges } = this.handlers;
    this.config.grantReadWriteIpRanges(refreshIpRanges);
    // Ranges that AWS did not publish are reported.
    for (const destination of destinations) if (destination.sink === 'sns') destination.bind(refreshIpRanges);
    const { bucketName } = this.config.bucket;
    this.#rule('ranges-changed', refreshIpRanges, {
      eventPattern: configChangePattern(bucketName, [CONFIG_KEYS.ipRanges]),
    });
    this.schedule('ip-ranges', refreshIpRanges, Duration.hours(6));
  }

  #watch({ verifiedOrganization, regions = [], trail, encryptionKey, canaryMinutes }: DetectorProps): void {
    const { watch } = this.handlers;
    const { partition } = Stack.of(this);
    this.lockTable.grantReadWrite(watch);
    this.config.grantReadConfig(watch);
    grantSend(watch, 'publishingQueueUrl', this.publishingQueue.queue);
    grantSend(watch, 'quarantineQueueUrl', this.quarantineQueue);
    // Large rounds are processed in parts.
    grantSend(watch, 'watchQueueUrl', this.watchQueue.queue);
    if (canaryMinutes !== undefined) watch.setVariable('canaryMinutes', String(canaryMinutes));
    watch.setVariable('hubPartition', partition);
    if (regions.length > 0) watch.setVariable('regions', regions.join(','));
    if (trail) setTrail(watch, trail);
    if (encryptionKey) watch.setVariable('detectorKey', encryptionKey.keyArn);
    new CanaryRole(this, 'Canary', { watch });
    if (verifiedOrganization !== undefined) grantVerificationRole(watch, verifiedOrganization);
    consume(watch, this.watchQueue, { batchSize: 10, maxConcurrency: 2 });
    this.schedule('send-canaries', watch, Duration.minutes(15), WATCH_TASKS.canary);
    this.schedule('hourly-check', watch, Duration.hours(1), WATCH_TASKS.check);
  }

  #verify(organization: string): void {
    const { verifyQueue, handlers } = this;
    const { observe, confirm, verify } = handlers;
    if (!verify || !verifyQueue) return;
    this.lockTable.grantReadWrite(verify);
    this.config.grantReadConfig(verify);
    grantSend(observe, 'verifyQueueUrl', verifyQueue.queue);
    grantSend(verify, 'delayedQueueUrl', this.delayedQueue.queue);
    verify.setVariable('hubPartition', Stack.of(this).partition);
    grantVerificationRole(verify, organization);
    confirm.setVariable('verificationRole', NAMES.verificationRole);
    // The hub account may have no verification role.
    verify.allow(new PolicyStatement({ actions: [...ADDRESS_ACTIONS], resources: ['*'] }));
    consume(verify, verifyQueue, { batchSize: 2, maxConcurrency: 5 });
  }

  #rule(
    name: string,
    handler: HandlerFunction,
    when: { readonly schedule: Schedule } | { readonly eventPattern: EventPattern },
    input?: object,
  ): void {
    const event = input === undefined ? {} : { event: RuleTargetInput.fromObject(input) };
    this.invokingRules.push(named(name));
    new Rule(this, `rule-${name}`, {
      ruleName: named(name),
      description: `credlock: invokes ${handler.handler}`,
      targets: [new FunctionTarget(handler.function, event)],
      ...when,
    });
  }
}

function setTrail(handler: HandlerFunction, { bucketName, prefix = '' }: TrailLocation): void {
  handler.setVariable('trailBucket', bucketName);
  if (prefix !== '') handler.setVariable('trailPrefix', prefix);
}
