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
import type { Detector } from './detector';
import type { Intake } from './intake';
import { NAMES } from '../names';

export interface DashboardProps {
  readonly detector: Detector;
  readonly intake: Intake;
  readonly alarms: readonly IAlarm[];
  readonly runbookUrl: string;
}

/** One page: is anything wrong, what was found, what comes in, what waits, what failed, who is heard, whose keys lie open. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { detector, alarms, runbookUrl } = props;
    new CloudWatchDashboard(this, 'Resource', {
      dashboardName: NAMES.dashboard,
      defaultInterval: Duration.days(1),
      widgets: [
        [new TextWidget({ width: 24, height: 2, markdown: `# credlock\n[Runbook](${runbookUrl})` })],
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 5 })],
        [found(detector), foundOverTime(detector)],
        [comesIn(detector), lag(detector)],
        [waits(detector), failed(props)],
        [heard(detector)],
        [exposed(detector)],
      ],
    });
  }
}

function found({ handlers: { confirm } }: Detector): SingleValueWidget {
  const day = { period: Duration.days(1) };
  return new SingleValueWidget({
    title: 'Findings of the last day',
    width: 8,
    height: 6,
    setPeriodToTimeRange: true,
    metrics: [
      confirm.metric(METRICS.findingsConfirmed, { ...day, label: 'new' }),
      confirm.metric(METRICS.findingsWithdrawn, { ...day, label: 'taken back' }),
      confirm.metric(METRICS.findingsSuppressed, { ...day, label: 'suppressed' }),
    ],
  });
}

function foundOverTime({ handlers: { observe, confirm } }: Detector): GraphWidget {
  return graph('Suspicions and what became of them', 16, [
    observe.metric(METRICS.suspicionsAsked, { label: 'suspected' }),
    confirm.metric(METRICS.suspicionsExplained, { label: 'explained by later facts' }),
    confirm.metric(METRICS.findingsConfirmed, { label: 'new findings' }),
    confirm.metric(METRICS.findingsUpdated, { label: 'findings said again' }),
  ]);
}

function comesIn({ handlers: { observe } }: Detector): GraphWidget {
  return graph('Records that come in', 12, [
    observe.metric(METRICS.recordsRead, { label: 'records' }),
    observe.metric(METRICS.facts, { label: 'facts in them' }),
    observe.metric(METRICS.recordsSkipped, { label: 'records without facts' }),
  ]);
}

function lag({ handlers: { observe } }: Detector): GraphWidget {
  return graph('From event to judgement (milliseconds)', 12, [
    observe.metric(METRICS.lag, { statistic: 'p50', label: 'half of them' }),
    observe.metric(METRICS.lag, { statistic: 'p90', label: 'nine in ten' }),
  ]);
}

function waits({ observeQueue, delayedQueue, publishingQueue, watchQueue }: Detector): GraphWidget {
  return graph('Oldest message waiting (seconds)', 12, [
    observeQueue.metricOldestAge().with({ label: 'to be observed' }),
    delayedQueue.metricOldestAge().with({ label: 'to be settled (waits 15 minutes at most)' }),
    publishingQueue.metricOldestAge().with({ label: 'to be published' }),
    watchQueue.metricOldestAge().with({ label: 'to be watched' }),
  ]);
}

function failed({ detector, intake }: DashboardProps): GraphWidget {
  const { observeQueue, delayedQueue, publishingQueue, watchQueue, handlers } = detector;
  return graph('What went wrong', 12, [
    ...Object.values(handlers).map(({ handler, function: fn }) => fn.metricErrors({ label: `${handler} failed` })),
    ...[observeQueue, delayedQueue, publishingQueue, watchQueue].map((queue) =>
      queue.metricDeadLetters().with({ label: `dead letters: ${queue.node.id}` }),
    ),
    intake.metricUndelivered().with({ label: 'undelivered' }),
    handlers.observe.metric(METRICS.setAside, { label: 'put into quarantine' }),
    handlers.publish.metric(METRICS.publishingFailed, { label: 'not published' }),
  ]);
}

function heard({ handlers: { watch } }: Detector): GraphWidget {
  return graph('Who is heard', 24, [
    watch.metric(METRICS.canariesSent, { label: 'canaries sent' }),
    watch.metric(METRICS.canariesMissing, { label: 'canaries not heard' }),
    watch.metric(METRICS.silentSources, { label: 'accounts and Regions that fell silent' }),
    watch.metric(METRICS.silentKinds, { label: 'kinds of workload that fell silent' }),
    watch.metric(METRICS.tamperings, { label: 'changes of the detector' }),
  ]);
}

function exposed({ handlers: { posture } }: Detector): GraphWidget {
  const day = { period: Duration.days(1) };
  return graph('Keys got by IMDSv1', 24, [
    posture.metric(METRICS.rolesOnImdsV1, { ...day, label: 'roles' }),
    posture.metric(METRICS.instancesOnImdsV1, { ...day, label: 'instances, for each role' }),
  ]);
}

function graph(title: string, width: number, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, width, height: 6, left, leftYAxis: { min: 0 } });
}
