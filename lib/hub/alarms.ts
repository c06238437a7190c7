import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, MathExpression, TreatMissingData, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { METRICS } from '../../lambda/environment';
import type { Detector } from './detector';
import type { HandlerFunction } from './handler-function';
import { HANDLERS, type DeployedHandler } from './handlers';
import type { Intake } from './intake';
import { named } from '../names';
import type { WorkQueue } from './work-queue';

export interface AlarmsProps {
  readonly detector: Detector;
  readonly intake: Intake;
  /** Notified when an alarm begins and ends. */
  readonly topic: ITopic;
  /** URL of the runbook; each alarm links to its section. */
  readonly runbookUrl: string;
  /**
   * Threshold in minutes for the 90th percentile of the time from an event to its judgement. CloudTrail itself takes up to 15.
   *
   * @default 60
   */
  readonly lagMinutes?: number;
}

/** Anchors of the runbook's sections about alarms. */
export const RUNBOOK_SECTIONS = {
  deadLetters: 'alarm-dead-letters',
  errors: 'alarm-errors',
  lag: 'alarm-lag',
  quarantine: 'alarm-quarantine',
  publishing: 'alarm-publishing',
  noEvents: 'alarm-no-events',
  canary: 'alarm-canary',
  tampering: 'alarm-tampering',
  rules: 'alarm-rules',
  settings: 'alarm-settings',
  ipRanges: 'alarm-address-ranges',
} as const;

interface AlarmSettings {
  readonly name: string;
  readonly description: string;
  readonly section: (typeof RUNBOOK_SECTIONS)[keyof typeof RUNBOOK_SECTIONS];
  readonly metric: IMetric;
  /** @default 1 */
  readonly threshold?: number;
  /** Breaching periods out of evaluated ones. @default 1 of 1 */
  readonly breaching?: readonly [number, of: number];
}

/** Alarms for the operation of credlock itself; each description links to its section of the runbook. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];
  /** Alarms for `watch` not completing its scheduled rounds. */
  readonly rounds: readonly Alarm[];
  readonly #action: SnsAction;
  readonly #runbookUrl: string;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#action = new SnsAction(props.topic);
    this.#runbookUrl = props.runbookUrl;
    this.all = [
      ...undeliveredAlarms(props),
      ...latencyAlarms(props),
      ...Object.values(props.detector.handlers).flatMap(handlerAlarms),
      ...outputAlarms(props.detector),
      ...watchAlarms(props.detector),
    ].map((settings) => this.#alarm(settings));
    const { watch } = props.detector.handlers;
    this.rounds = [this.#roundsAlarm(watch, 'canary', 1), this.#roundsAlarm(watch, 'check', 3)];
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

  /** An invocation without an error does not prove that `watch` completed its round. */
  #roundsAlarm(watch: HandlerFunction, task: string, hours: number): Alarm {
    const section = sectionOf(this.#runbookUrl, RUNBOOK_SECTIONS.errors);
    const period = Duration.hours(1);
    return this.#notify(
      new Alarm(this, `rounds-${task}`, {
        alarmName: named(`rounds-${task}`),
        alarmDescription: `The detector is not monitored: watch completed no round "${task}" for ${hours} h. ${section}`,
        metric: watch.metric(METRICS.watchRounds, { period, dimensionsMap: { service: watch.handler, task } }),
        threshold: 1,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluationPeriods: hours,
        treatMissingData: TreatMissingData.BREACHING,
      }),
    );
  }

  #notify(alarm: Alarm): Alarm {
    alarm.addAlarmAction(this.#action);
    alarm.addOkAction(this.#action);
    return alarm;
  }
}

function undeliveredAlarms({ detector, intake }: AlarmsProps): AlarmSettings[] {
  const { deadLetters, quarantine } = RUNBOOK_SECTIONS;
  const deadLetterAlarm = (name: string, queue: WorkQueue): AlarmSettings => ({
    name: `${name}-dead`,
    description: `Messages could not be processed and are in the dead-letter queue credlock-${name}-dead`,
    section: deadLetters,
    metric: queue.metricDeadLetters(),
  });
  return [
    deadLetterAlarm('observe', detector.observeQueue),
    deadLetterAlarm('delayed', detector.delayedQueue),
    deadLetterAlarm('publishing', detector.publishingQueue),
    deadLetterAlarm('watch', detector.watchQueue),
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
      metric: sum(detector, METRICS.messagesQuarantined, ['observe', 'confirm', 'watch']),
    },
  ];
}

function latencyAlarms({ detector, lagMinutes = 60 }: AlarmsProps): AlarmSettings[] {
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
  ];
}

/** Handlers that are invoked continuously: a lasting fault shows as several failures. */
const CONTINUOUS: ReadonlySet<DeployedHandler> = new Set(['observe', 'confirm', 'publish']);

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

function outputAlarms(detector: Detector): AlarmSettings[] {
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
      metric: sum(detector, METRICS.settingsRejected, ['observe', 'confirm', 'rejudge', 'watch']),
    },
    {
      name: 'ip-ranges-stale',
      description: "AWS's address ranges are missing or outdated: first uses cannot be verified",
      section: ipRanges,
      metric: detector.handlers.watch.metric(METRICS.ipRangesStale, HOURLY),
    },
  ];
}

function watchAlarms({ handlers: { watch } }: Detector): AlarmSettings[] {
  const { noEvents, canary, tampering, rules } = RUNBOOK_SECTIONS;
  const often = { period: Duration.minutes(15) };
  return [
    {
      name: 'no-events',
      description: 'No more events from an account and Region that used to send them: the log of watch names it',
      section: noEvents,
      metric: watch.metric(METRICS.sourcesWithoutEvents, HOURLY),
    },
    {
      name: 'kinds-without-events',
      description:
        'No more events of a kind of workload that an account and Region used to send: the log of watch names it',
      section: noEvents,
      metric: watch.metric(METRICS.kindsWithoutEvents, HOURLY),
    },
    {
      name: 'canaries-missing',
      description: 'The record of a canary did not arrive: the log of watch names the account and Region',
      section: canary,
      metric: watch.metric(METRICS.canariesMissing, often),
      breaching: [2, 2],
    },
    {
      name: 'canaries-refused',
      description:
        'A canary could not be sent because its role could not be assumed: the log of watch names the account and Region',
      section: canary,
      metric: watch.metric(METRICS.canariesRefused, often),
      breaching: [2, 2],
    },
    {
      name: 'rules-missing',
      description: 'An event rule of credlock is deleted, disabled or without a target: the log of watch names it',
      section: rules,
      metric: watch.metric(METRICS.rulesMissing, HOURLY),
    },
    {
      name: 'tampering',
      description: 'A part of the detector or a trail was changed, disabled or deleted',
      section: tampering,
      metric: watch.metric(METRICS.tamperings),
    },
  ];
}

const HOURLY = { period: Duration.hours(1) };

/** The sum of a metric over several handlers, each of which emits it under its own dimension. */
function sum(detector: Detector, metricName: string, handlers: readonly DeployedHandler[]): IMetric {
  return new MathExpression({
    label: metricName,
    expression: `SUM([${handlers.map((handler) => `FILL(${handler}, 0)`).join(', ')}])`,
    usingMetrics: Object.fromEntries(handlers.map((name) => [name, detector.handlers[name].metric(metricName)])),
    period: Duration.minutes(5),
  });
}

/** URL of a section of the runbook; replaces a section in the URL. */
export function sectionOf(runbookUrl: string, section: string): string {
  return `${runbookUrl.replace(/#.*$/, '')}#${section}`;
}
