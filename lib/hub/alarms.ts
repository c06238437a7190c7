import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  MathExpression,
  TreatMissingData,
  type IMetric,
  type Metric,
} from 'aws-cdk-lib/aws-cloudwatch';
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
  /** Who is told. */
  readonly topic: ITopic;
  /** The runbook: each alarm links to its section there. */
  readonly runbookUrl: string;
  /**
   * Minutes from an event to its judgement that are too many for one in ten. CloudTrail itself takes up to 15.
   *
   * @default 60
   */
  readonly lagMinutes?: number;
}

/** Sections of the runbook that alarms link to, as its headings make them. */
export const RUNBOOK_SECTIONS = {
  deadLetters: 'alarm-dead-letters',
  errors: 'alarm-errors',
  lag: 'alarm-lag',
  quarantine: 'alarm-quarantine',
  publishing: 'alarm-publishing',
  silence: 'alarm-silence',
  canary: 'alarm-canary',
  tampering: 'alarm-tampering',
  rules: 'alarm-rules',
  settings: 'alarm-settings',
  ipRanges: 'alarm-address-ranges',
} as const;

interface AlarmSettings {
  readonly name: string;
  readonly says: string;
  readonly section: (typeof RUNBOOK_SECTIONS)[keyof typeof RUNBOOK_SECTIONS];
  readonly metric: IMetric;
  /** @default 1 */
  readonly atLeast?: number;
  /** Of how many periods, how many must be bad. @default one of one */
  readonly bad?: readonly [number, of: number];
}

/** Tells people when credlock does not work: each alarm links to what is to be done. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];
  /** Those that go off where `watch` does not get through its rounds. */
  readonly rounds: readonly Alarm[];
  readonly #action: SnsAction;
  readonly #runbookUrl: string;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#action = new SnsAction(props.topic);
    this.#runbookUrl = props.runbookUrl;
    this.all = [
      ...lost(props),
      ...late(props),
      ...Object.values(props.detector.handlers).flatMap(troubles),
      ...refused(props.detector),
      ...watched(props.detector),
    ].map((settings) => this.#alarm(settings));
    const { watch } = props.detector.handlers;
    this.rounds = [this.#makesRounds(watch, 'canary', 1), this.#makesRounds(watch, 'silence', 3)];
  }

  #alarm({ name, says, section, metric, atLeast = 1, bad: [bad, of] = [1, 1] }: AlarmSettings): Alarm {
    return this.#tell(
      new Alarm(this, name, {
        alarmName: named(name),
        alarmDescription: `${says}. ${sectionOf(this.#runbookUrl, section)}`,
        metric,
        threshold: atLeast,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        datapointsToAlarm: bad,
        evaluationPeriods: of,
        // Nothing was counted: nothing happened. That nothing happens at all is told by the canary and by `rounds`.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }),
    );
  }

  /** Of the watchman himself: that he was called says nothing of whether he got anywhere. */
  #makesRounds(watch: HandlerFunction, task: string, hours: number): Alarm {
    const section = sectionOf(this.#runbookUrl, RUNBOOK_SECTIONS.errors);
    const period = Duration.hours(1);
    return this.#tell(
      new Alarm(this, `rounds-${task}`, {
        alarmName: named(`rounds-${task}`),
        alarmDescription: `Nobody watches the detector: watch made no round "${task}" for ${hours} h. ${section}`,
        metric: watch.metric(METRICS.watchRounds, { period, dimensionsMap: { service: watch.handler, task } }),
        threshold: 1,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluationPeriods: hours,
        treatMissingData: TreatMissingData.BREACHING,
      }),
    );
  }

  #tell(alarm: Alarm): Alarm {
    alarm.addAlarmAction(this.#action);
    alarm.addOkAction(this.#action);
    return alarm;
  }
}

function lost({ detector, intake }: AlarmsProps): AlarmSettings[] {
  const { deadLetters, quarantine } = RUNBOOK_SECTIONS;
  const of = (name: string, queue: WorkQueue): AlarmSettings => ({
    name: `${name}-dead`,
    says: `Messages could not be dealt with: they are in credlock-${name}-dead`,
    section: deadLetters,
    metric: queue.metricDeadLetters(),
  });
  return [
    of('observe', detector.observeQueue),
    of('delayed', detector.delayedQueue),
    of('publishing', detector.publishingQueue),
    of('watch', detector.watchQueue),
    {
      name: 'undelivered',
      says: 'Events could not be handed to a queue: they are in credlock-undelivered',
      section: deadLetters,
      metric: intake.metricUndelivered(),
    },
    {
      name: 'quarantine',
      says: 'Messages were put into quarantine, as nobody can read or believe them',
      section: quarantine,
      metric: sum(detector, METRICS.setAside, ['observe', 'confirm', 'watch']),
    },
  ];
}

function late({ detector, lagMinutes = 60 }: AlarmsProps): AlarmSettings[] {
  const { lag: section } = RUNBOOK_SECTIONS;
  const { observe } = detector.handlers;
  const waiting = (name: string, queue: WorkQueue, minutes: number): AlarmSettings => ({
    name: `${name}-waiting`,
    says: `A message has been waiting in credlock-${name} for ${minutes} minutes`,
    section,
    metric: queue.metricOldestAge(),
    atLeast: minutes * 60,
    bad: [3, 3],
  });
  return [
    {
      name: 'lag',
      says: `One event in ten is judged more than ${lagMinutes} minutes after it happened`,
      section,
      metric: observe.metric(METRICS.lag, { statistic: 'p90' }),
      atLeast: lagMinutes * 60_000,
      bad: [3, 3],
    },
    waiting('observe', detector.observeQueue, 15),
    waiting('delayed', detector.delayedQueue, 45),
    waiting('publishing', detector.publishingQueue, 15),
    waiting('watch', detector.watchQueue, 15),
  ];
}

/** Handlers that a queue feeds fail often enough to be told from a single bad moment by time. */
const FED: ReadonlySet<DeployedHandler> = new Set(['observe', 'confirm', 'publish']);

function troubles({ handler, function: fn }: HandlerFunction): AlarmSettings[] {
  const { errors: section } = RUNBOOK_SECTIONS;
  const soon = { period: Duration.minutes(5), statistic: 'Sum' };
  const { folder } = HANDLERS[handler];
  const failed = { name: `${folder}-errors`, says: `${handler} failed`, section };
  return [
    FED.has(handler)
      ? { ...failed, metric: fn.metricErrors(soon), bad: [2, 3] }
      : // A schedule calls it, perhaps once a day: there is no second time to wait for.
        { ...failed, metric: fn.metricErrors({ ...soon, period: Duration.hours(1) }) },
    {
      name: `${folder}-throttles`,
      says: `${handler} was not let run: the account's concurrency is used up`,
      section,
      metric: fn.metricThrottles(soon),
      bad: [3, 3],
    },
  ];
}

function refused(detector: Detector): AlarmSettings[] {
  const { settings, ipRanges, publishing } = RUNBOOK_SECTIONS;
  return [
    {
      name: 'publishing-failed',
      says: 'Findings were refused by Security Hub, the bus or the topic',
      section: publishing,
      metric: sum(detector, METRICS.publishingFailed, ['publish']),
      bad: [3, 3],
    },
    {
      name: 'settings-rejected',
      says: 'The settings have faults: the last good ones are gone by',
      section: settings,
      metric: sum(detector, METRICS.settingsRejected, ['observe', 'confirm', 'rejudge', 'watch']),
    },
    {
      name: 'ip-ranges-stale',
      says: "AWS's address ranges are missing or old: first uses are judged without them",
      section: ipRanges,
      metric: detector.handlers.watch.metric(METRICS.ipRangesStale, HOURLY),
    },
  ];
}

function watched({ handlers: { watch } }: Detector): AlarmSettings[] {
  const { silence, canary, tampering, rules } = RUNBOOK_SECTIONS;
  const often = { period: Duration.minutes(15) };
  return [
    {
      name: 'silence',
      says: 'Nothing is heard any more of an account and Region that used to be heard: the log of watch names it',
      section: silence,
      metric: watch.metric(METRICS.silentSources, HOURLY),
    },
    {
      name: 'silent-kinds',
      says: 'A kind of workload that used to be heard in an account and Region is not any more: the log of watch names it',
      section: silence,
      metric: watch.metric(METRICS.silentKinds, HOURLY),
    },
    {
      name: 'canaries-missing',
      says: 'A call of the detector itself was not heard of by way of CloudTrail: the log of watch names where',
      section: canary,
      metric: watch.metric(METRICS.canariesMissing, often),
      bad: [2, 2],
    },
    {
      name: 'canaries-refused',
      says: 'A role could not be assumed as a canary: the log of watch names the account and Region',
      section: canary,
      metric: watch.metric(METRICS.canariesRefused, often),
      bad: [2, 2],
    },
    {
      name: 'rules-missing',
      says: 'A rule of ours was deleted, disabled or left without target: the log of watch names it',
      section: rules,
      metric: watch.metric(METRICS.rulesMissing, HOURLY),
    },
    {
      name: 'tampering',
      says: 'Somebody changed, switched off or deleted a part of the detector, or a trail',
      section: tampering,
      metric: watch.metric(METRICS.tamperings),
    },
  ];
}

const HOURLY = { period: Duration.hours(1) };

/** What several handlers count, as each does so under its own name. */
function sum(detector: Detector, metricName: string, handlers: readonly DeployedHandler[]): IMetric {
  const [first, ...others] = handlers.map((handler): [string, Metric] => [
    handler,
    detector.handlers[handler].metric(metricName),
  ]);
  if (first && others.length === 0) return first[1];
  const usingMetrics = Object.fromEntries(first ? [first, ...others] : others);
  return new MathExpression({
    label: metricName,
    expression: `SUM([${handlers.map((handler) => `FILL(${handler}, 0)`).join(', ')}])`,
    usingMetrics,
    period: Duration.minutes(5),
  });
}

/** The section's address: whatever section the runbook's own address names, this one takes its place. */
export function sectionOf(runbookUrl: string, section: string): string {
  return `${runbookUrl.replace(/#.*$/, '')}#${section}`;
}
