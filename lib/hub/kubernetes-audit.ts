import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { WATCH_TASKS } from '../../lambda/environment';
import { NAMES } from '../names';
import { AuditDestination } from './audit-destination';
import { AuditLogIntake } from './audit-log-intake';
import type { Detector } from './detector';
import { HandlerFunction } from './handler-function';
import { consume, grantSend } from './handler-queues';
import { HANDLERS } from './handlers';
import type { HubProps } from './hub-props';
import { SubscriptionRoles } from '../member/subscription-roles';
import { VISIBILITY_FACTOR, WorkQueue } from './work-queue';

export interface KubernetesAuditProps extends Pick<
  HubProps,
  'organizationId' | 'kubernetesPattern' | 'logRetention' | 'encryptionKey'
> {
  readonly detector: Detector;
}

/**
 * The reading of clusters' audit logs: their intake, `observe-kubernetes` with a queue of its own, so that many audit
 * records never delay CloudTrail's, what `watch` needs to subscribe clusters, and the destination and the roles of the hub's
 * own Region and account.
 */
export class KubernetesAudit extends Construct {
  readonly auditLogs: AuditLogIntake;
  readonly queue: WorkQueue;
  readonly handler: HandlerFunction;

  constructor(scope: Construct, id: string, props: KubernetesAuditProps) {
    super(scope, id);
    const { detector, encryptionKey, logRetention = RetentionDays.THREE_MONTHS } = props;
    const encrypted = encryptionKey ? { encryptionKey } : {};
    this.auditLogs = new AuditLogIntake(this, 'AuditLogs', props);
    this.queue = new WorkQueue(this, 'Queue', {
      name: HANDLERS.observeKubernetes.folder,
      visibility: Duration.seconds(HANDLERS.observeKubernetes.seconds * VISIBILITY_FACTOR),
      ...encrypted,
    });
    this.handler = new HandlerFunction(this, 'Observe', { handler: 'observeKubernetes', logRetention, ...encrypted });
    this.#observe(detector);
    this.#subscribe(props);
    this.#ownPlace(props);
  }

  #observe(detector: Detector): void {
    const { handler } = this;
    detector.lockTable.grantReadWrite(handler);
    detector.config.grantReadConfig(handler);
    this.auditLogs.grantRead(handler);
    handler.setVariable('hubPartition', Stack.of(this).partition);
    grantSend(handler, 'delayedQueueUrl', detector.delayedQueue.queue);
    grantSend(handler, 'publishingQueueUrl', detector.publishingQueue.queue);
    grantSend(handler, 'quarantineQueueUrl', detector.quarantineQueue);
    if (detector.verifyQueue) grantSend(handler, 'verifyQueueUrl', detector.verifyQueue.queue);
    consume(handler, this.queue, { batchSize: 5, maxConcurrency: 10 });
  }

  #subscribe({ detector, kubernetesPattern = '', organizationId }: KubernetesAuditProps): void {
    const { watch } = detector.handlers;
    const { partition, account } = Stack.of(this);
    watch.setVariable('subscribeRole', NAMES.subscribeRole);
    if (kubernetesPattern !== '') watch.setVariable('auditPattern', kubernetesPattern);
    watch.allow(
      new PolicyStatement({
        actions: ['sts:AssumeRole'],
        resources: [
          `arn:${partition}:iam::${organizationId === undefined ? account : '*'}:role/${NAMES.subscribeRole}`,
        ],
        ...(organizationId !== undefined && { conditions: { StringEquals: { 'aws:ResourceOrgID': organizationId } } }),
      }),
    );
    detector.schedule('subscribe-clusters', watch, Duration.hours(1), WATCH_TASKS.subscribe);
  }

  #ownPlace({ organizationId }: KubernetesAuditProps): void {
    const { account, partition, region } = Stack.of(this);
    new SubscriptionRoles(this, 'Roles', { hubAccount: account, account, partition });
    const { destination } = new AuditDestination(this, 'Destination', {
      hubRegion: region,
      ...(organizationId !== undefined && { organizationId }),
    });
    // Creating a destination sends a test message through both.
    destination.node.addDependency(this.auditLogs);
  }
}
