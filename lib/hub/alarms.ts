import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, MathExpression, TreatMissingData, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { METRICS } from '../../lambda/environment';
import type { Detector } from './detector';
import { HOURLY, RUNBOOK_SECTIONS, type AlarmSettings } from './alarm-settings';
import type { HandlerFunction } from './handler-function';
import { HANDLERS, type DeployedHandler } from './handlers';
import type { Intake } from './intake';
import type { KubernetesAudit } from './kubernetes-audit';
import { kubernetesAlarms } from './kubernetes-alarms';
import { named } from '../names';
import { watchAlarms } from './watch-alarms';
import type { WorkQueue } from './work-queue';

export interface AlarmsProps {
  readonly detector: Detector;
  readonly intake: Intake;
  /** @default - audit logs are not read */
  readonly kubernetes?: KubernetesAudit;
  /** Notified when an alarm begins. */
  readonly topic: ITopic;
  /** URL of the runbook; each alarm links to its section. */
  readonly runbookUrl: string;
  /**
   * Notify when an alarm ends, too.
   *
   * @default false
   */
  readonly recoveryMails?: boolean;
  /**
   * Threshold in minutes for the 90th percentile of the time from an event to its judgement. CloudTrail itself takes up to 15.
   *
   * @default 60
   */
  readonly lagMinutes?: number;
}

/** How long no round may be completed. */
interface RoundsProps {
  readonly minutes: number;
  readonly periods: number;
}

/** Alarms for the operation of credlock itself; each description links to its section of the runbook. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];
  /** Alarms for `watch` not completing its scheduled rounds. */
  readonly rounds: readonly Alarm[];
  readonly #action: SnsAction;
  readonly #recoveryMails: boolean;
  readonly #runbookUrl: string;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#action = new SnsAction(props.topic);
    this.#recoveryMails = props.recoveryMails ?? false;
    this.#runbookUrl = props.runbookUrl;
    this.all = [
      ...undeliveredAlarms(props),
      ...latencyAlarms(props),
      ...Object.values(props.detector.handlers).flatMap(handlerAlarms),
      ...(props.kubernetes ? handlerAlarms(props.kubernetes.handler) : []),
      ...outputAlarms(props),
      ...watchAlarms(props.detector),
      ...verifyAlarms(props.detector),
      ...(props.kubernetes ? kubernetesAlarms(props.kubernetes, props.detector) : []),
    ].map((settings) => this.#alarm(settings));
    const { watch } = props.detector.handlers;
    this.rounds = [
      this.#roundsAlarm(watch, 'canary', { minutes: 15, periods: 4 }),
      this.#roundsAlarm(watch, 'check', { minutes: 60, periods: 3 }),
      ...(props.kubernetes ? [this.#roundsAlarm(watch, 'subscribe', { minutes: 60, periods: 3 })] : []),
    ];
  }

  #alarm({ name, description, section, metric, threshold = 1, breaching = [1, 1] }: AlarmSettings): Alarm {
    return this.#notify(
      new Alarm(this, name, {
        alarmName: named(name),
        alarmDescription: `${description}. ${sectionOf(this.#runbookUrl, section)}`,
        metric,
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        datapointsToAlarm: breaching[0],
        evaluationPeriods: breaching[1],
        // Metrics are emitted only when there is something to count; the canary and `rounds` detect a detector that does nothing.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }),
    );
  }

  /**
   * An invocation without an error does not prove that `watch` completed its round. Without data the alarm is in
   * INSUFFICIENT_DATA, which it is created in, so that a new deployment raises none; a detector that stops changes it to
   * that, which notifies.
   */
  #roundsAlarm(watch: HandlerFunction, task: string, { minutes, periods }: RoundsProps): Alarm {
    const section = sectionOf(this.#runbookUrl, RUNBOOK_SECTIONS.errors);
    const period = Duration.minutes(minutes);
    const alarm = new Alarm(this, `rounds-${task}`, {
      alarmName: named(`rounds-${task}`),
      alarmDescription: `The detector is not monitored: watch completed no round "${task}" for ${(minutes * periods) / 60} h. ${section}`,
      metric: watch.metric(METRICS.watchRounds, { period, dimensionsMap: { service: watch.handler, task } }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.MISSING,
    });
    alarm.addInsufficientDataAction(this.#action);
    return this.#notify(alarm);
  }

  #notify(alarm: Alarm): Alarm {
    alarm.addAlarmAction(this.#action);
    if (this.#recoveryMails) alarm.addOkAction(this.#action);
    return alarm;
  }
}

function undeliveredAlarms({ detector, intake, kubernetes }: AlarmsProps): AlarmSettings[] {
  const { deadLetters, quarantine } = RUNBOOK_SECTIONS;
  const deadLetterAlarm = (name: string, queue: WorkQueue): AlarmSettings => ({
    name: `${name}-dead`,
    description: `Messages could not be processed and are in the dead-letter queue credlock-${name}-dead`,
    section: deadLetters,
    metric: queue.metricDeadLetters(),
  });
  const { observe, confirm, watch } = detector.handlers;
  return [
    deadLetterAlarm('observe', detector.observeQueue),
    deadLetterAlarm('delayed', detector.delayedQueue),
    deadLetterAlarm('publishing', detector.publishingQueue),
    deadLetterAlarm('watch', detector.watchQueue),
    ...(detector.verifyQueue ? [deadLetterAlarm('verify', detector.verifyQueue)] : []),
    ...(kubernetes ? [deadLetterAlarm(kubernetes.queue.name, kubernetes.queue)] : []),
    {
      name: 'undelivered',
      description: 'EventBridge could not deliver events to a queue; they are in credlock-undelivered',
      section: deadLetters,
      metric: intake.metricUndelivered(),
    },
    {
      name: 'quarantine',
      description: 'Messages were quarantined because they could not be read or were rejected',
      section: quarantine,
      metric: sum(METRICS.messagesQuarantined, [observe, confirm, watch], kubernetes),
    },
  ];
}

function latencyAlarms({ detector, kubernetes, lagMinutes = 60 }: AlarmsProps): AlarmSettings[] {
  const { lag: section } = RUNBOOK_SECTIONS;
  const { observe } = detector.handlers;
  const waiting = (name: string, queue: WorkQueue, minutes: number): AlarmSettings => ({
    name: `${name}-waiting`,
    description: `The oldest message in credlock-${name} has been waiting for ${minutes} minutes`,
    section,
    metric: queue.metricOldestAge(),
    threshold: minutes * 60,
    breaching: [3, 3],
  });
  return [
    {
      name: 'lag',
      description: `At least 10 % of events are judged more than ${lagMinutes} minutes after they happened`,
      section,
      metric: observe.metric(METRICS.lag, { statistic: 'p90' }),
      threshold: lagMinutes * 60_000,
      breaching: [3, 3],
    },
    waiting('observe', detector.observeQueue, 15),
    waiting('delayed', detector.delayedQueue, 45),
    waiting('publishing', detector.publishingQueue, 15),
    waiting('watch', detector.watchQueue, 15),
    ...(detector.verifyQueue ? [waiting('verify', detector.verifyQueue, 15)] : []),
    ...(kubernetes ? [waiting(kubernetes.queue.name, kubernetes.queue, 15)] : []),
  ];
}

/** Handlers that are invoked continuously: a lasting fault shows as several failures. */
const CONTINUOUS: ReadonlySet<DeployedHandler> = new Set(['observe', 'confirm', 'publish', 'observeKubernetes']);

function handlerAlarms({ handler, function: fn }: HandlerFunction): AlarmSettings[] {
  const { errors: section } = RUNBOOK_SECTIONS;
  const options = { period: Duration.minutes(5), statistic: 'Sum' };
  const { folder } = HANDLERS[handler];
  const failed = { name: `${folder}-errors`, description: `${handler} failed`, section };
  return [
    CONTINUOUS.has(handler)
      ? { ...failed, metric: fn.metricErrors(options), breaching: [2, 3] }
      : // It may run only once a day.
        { ...failed, metric: fn.metricErrors({ ...options, period: Duration.hours(1) }) },
    {
      name: `${folder}-throttles`,
      description: `${handler} was throttled: the account's concurrency is used up`,
      section,
      metric: fn.metricThrottles(options),
      breaching: [3, 3],
    },
  ];
}

function outputAlarms({ detector, kubernetes }: AlarmsProps): AlarmSettings[] {
  const { observe, confirm, rejudge, watch } = detector.handlers;
  const { settings, ipRanges, publishing } = RUNBOOK_SECTIONS;
  return [
    {
      name: 'publishing-failed',
      description: 'Security Hub, the event bus or the topic rejected findings',
      section: publishing,
      metric: detector.handlers.publish.metric(METRICS.publishingFailed),
      breaching: [3, 3],
    },
    {
      name: 'settings-rejected',
      description: 'settings.json is invalid: the last good settings stay in effect',
      section: settings,
      metric: sum(METRICS.settingsRejected, [observe, confirm, rejudge, watch], kubernetes),
    },
    {
      name: 'ip-ranges-stale',
      description: "AWS's address ranges are missing or outdated: first uses cannot be verified",
      section: ipRanges,
      metric: detector.handlers.watch.metric(METRICS.ipRangesStale, HOURLY),
    },
  ];
}

function verifyAlarms({ handlers: { verify } }: Detector): AlarmSettings[] {
  if (!verify) return [];
  return [
    {
      name: 'questions-unanswered',
      description: 'EC2 did not answer who has suspicious addresses: the log of verify names the account',
      section: RUNBOOK_SECTIONS.verification,
      metric: verify.metric(METRICS.questionsUnanswered, HOURLY),
      breaching: [3, 3],
    },
  ];
}

/** The sum of a metric over several handlers, each of which emits it under its own dimension. */
function sum(metricName: string, always: readonly HandlerFunction[], kubernetes: KubernetesAudit | undefined): IMetric {
  const handlers = [...always, ...(kubernetes ? [kubernetes.handler] : [])];
  return new MathExpression({
    label: metricName,
    expression: `SUM([${handlers.map(({ handler }) => `FILL(${handler}, 0)`).join(', ')}])`,
    usingMetrics: Object.fromEntries(handlers.map((one) => [one.handler, one.metric(metricName)])),
    period: Duration.minutes(5),
  });
}

/** URL of a section of the runbook; replaces a section in the URL. */
export function sectionOf(runbookUrl: string, section: string): string {
  return `${runbookUrl.replace(/#.*$/, '')}#${section}`;
}
