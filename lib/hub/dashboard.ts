import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  SingleValueWidget,
  TextWidget,
  type IAlarm,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { METRICS } from '../../lambda/environment';
import { HOURLY } from './alarm-settings';
import type { Detector } from './detector';
import type { HandlerFunction } from './handler-function';
import type { Intake } from './intake';
import type { KubernetesAudit } from './kubernetes-audit';
import { NAMES } from '../names';

export interface DashboardProps {
  readonly detector: Detector;
  readonly intake: Intake;
  /** @default - audit logs are not read */
  readonly kubernetes?: KubernetesAudit;
  readonly alarms: readonly IAlarm[];
  readonly runbookUrl: string;
}

/** The dashboard: alarms, findings, incoming records, queues, failures, supervision, and use of IMDSv1. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { detector, kubernetes, alarms, runbookUrl } = props;
    new CloudWatchDashboard(this, 'Resource', {
      dashboardName: NAMES.dashboard,
      defaultInterval: Duration.days(1),
      widgets: [
        [new TextWidget({ width: 24, height: 2, markdown: `# credlock\n[Runbook](${runbookUrl})` })],
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 5 })],
        [findings(detector), suspicions(detector)],
        [records(detector), lag(detector)],
        [queueAges(detector), failures(props)],
        [supervision(detector)],
        ...(detector.handlers.verify ? [[questions(detector.handlers.verify)]] : []),
        ...(kubernetes ? [[auditRecords(kubernetes), clusters(detector)]] : []),
        [imdsV1(detector)],
      ],
    });
  }
}

function findings({ handlers: { confirm } }: Detector): SingleValueWidget {
  const day = { period: Duration.days(1) };
  return new SingleValueWidget({
    title: 'Findings, last day',
    width: 8,
    height: 6,
    setPeriodToTimeRange: true,
    metrics: [
      confirm.metric(METRICS.findingsConfirmed, { ...day, label: 'new' }),
      confirm.metric(METRICS.findingsWithdrawn, { ...day, label: 'archived' }),
      confirm.metric(METRICS.findingsSuppressed, { ...day, label: 'suppressed' }),
    ],
  });
}

function suspicions({ handlers: { observe, confirm } }: Detector): GraphWidget {
  return graph('Suspicions and their outcome', 16, [
    observe.metric(METRICS.suspicionsRequested, { label: 'suspected' }),
    confirm.metric(METRICS.suspicionsExplained, { label: 'explained by later facts' }),
    confirm.metric(METRICS.findingsConfirmed, { label: 'new findings' }),
    confirm.metric(METRICS.findingsUpdated, { label: 'findings updated' }),
  ]);
}

function records({ handlers: { observe } }: Detector): GraphWidget {
  return graph('Incoming records', 12, [
    observe.metric(METRICS.recordsRead, { label: 'records' }),
    observe.metric(METRICS.facts, { label: 'facts' }),
    observe.metric(METRICS.recordsSkipped, { label: 'records without facts' }),
  ]);
}

function lag({ handlers: { observe } }: Detector): GraphWidget {
  return graph('Time from event to judgement (ms)', 12, [
    observe.metric(METRICS.lag, { statistic: 'p50', label: 'p50' }),
    observe.metric(METRICS.lag, { statistic: 'p90', label: 'p90' }),
  ]);
}

function queueAges({ observeQueue, delayedQueue, publishingQueue, watchQueue, verifyQueue }: Detector): GraphWidget {
  return graph('Age of the oldest message (seconds)', 12, [
    observeQueue.metricOldestAge().with({ label: 'observe' }),
    delayedQueue.metricOldestAge().with({ label: 'confirm (held for up to 15 minutes)' }),
    publishingQueue.metricOldestAge().with({ label: 'publish' }),
    watchQueue.metricOldestAge().with({ label: 'watch' }),
    ...(verifyQueue ? [verifyQueue.metricOldestAge().with({ label: 'verify' })] : []),
  ]);
}

function failures({ detector, intake }: DashboardProps): GraphWidget {
  const { observeQueue, delayedQueue, publishingQueue, watchQueue, verifyQueue, handlers } = detector;
  const queues = [observeQueue, delayedQueue, publishingQueue, watchQueue, ...(verifyQueue ? [verifyQueue] : [])];
  return graph('Failures', 12, [
    ...Object.values(handlers).map(({ handler, function: fn }) => fn.metricErrors({ label: `${handler} failed` })),
    ...queues.map((queue) => queue.metricDeadLetters().with({ label: `dead letters: ${queue.node.id}` })),
    intake.metricUndelivered().with({ label: 'undelivered' }),
    handlers.observe.metric(METRICS.messagesQuarantined, { label: 'quarantined' }),
    handlers.publish.metric(METRICS.publishingFailed, { label: 'not published' }),
  ]);
}

function supervision({ handlers: { watch } }: Detector): GraphWidget {
  return graph('Supervision', 24, [
    watch.metric(METRICS.canariesSent, { label: 'canaries sent' }),
    watch.metric(METRICS.canariesMissing, { label: 'canaries missing' }),
    watch.metric(METRICS.sourcesWithoutEvents, { label: 'accounts and Regions without events' }),
    watch.metric(METRICS.kindsWithoutEvents, { label: 'kinds of workload without events' }),
    watch.metric(METRICS.tamperings, { label: 'tampering' }),
  ]);
}

function questions(verify: HandlerFunction): GraphWidget {
  return graph('Questions to EC2 about suspicious addresses', 24, [
    verify.metric(METRICS.questionsAnswered, { label: 'answered' }),
    verify.metric(METRICS.questionsUnanswered, { label: 'not answered' }),
  ]);
}

function auditRecords({ handler, queue, auditLogs }: KubernetesAudit): GraphWidget {
  return graph('Kubernetes audit logs', 12, [
    handler.metric(METRICS.auditEventsRead, { label: 'audit events' }),
    handler.metric(METRICS.runtimeLinesRead, { label: 'lines of agents' }),
    handler.metric(METRICS.auditActs, { label: 'acts that rules report' }),
    handler.metric(METRICS.messagesQuarantined, { label: 'quarantined' }),
    queue.metricOldestAge().with({ label: 'age of the oldest object (seconds)' }),
    auditLogs.metricUnwritten().with({ label: 'age in the stream (seconds)' }),
  ]);
}

function clusters({ handlers: { watch } }: Detector): GraphWidget {
  return graph('Clusters', 12, [
    watch.metric(METRICS.clustersSubscribed, { ...HOURLY, label: 'subscribed' }),
    watch.metric(METRICS.runtimeLogsSubscribed, { ...HOURLY, label: 'log groups of agents' }),
    watch.metric(METRICS.clustersWithoutAuditLog, { ...HOURLY, label: 'without an audit log' }),
    watch.metric(METRICS.clustersNotSubscribed, { ...HOURLY, label: 'not subscribed' }),
  ]);
}

function imdsV1({ handlers: { posture } }: Detector): GraphWidget {
  const day = { period: Duration.days(1) };
  return graph('Credentials by IMDSv1', 24, [
    posture.metric(METRICS.rolesOnImdsV1, { ...day, label: 'roles' }),
    posture.metric(METRICS.instancesOnImdsV1, { ...day, label: 'instances, per role' }),
  ]);
}

function graph(title: string, width: number, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, width, height: 6, left, leftYAxis: { min: 0 } });
}
