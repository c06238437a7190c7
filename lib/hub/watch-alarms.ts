import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../lambda/environment';
import { HOURLY, RUNBOOK_SECTIONS, type AlarmSettings } from './alarm-settings';
import type { Detector } from './detector';

/** Alarms on what `watch` finds, and on functions that EventBridge does not invoke. */
export function watchAlarms({ handlers: { watch }, invokingRules }: Detector): AlarmSettings[] {
  const { noEvents, canary, errors, tampering, rules } = RUNBOOK_SECTIONS;
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
      description:
        'The record of a canary did not arrive, so that the rules there may forward nothing: the log of watch names the account and Region',
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
      name: 'rules-unchecked',
      description: 'The event rules of an account and Region cannot be read: the log of watch names it',
      section: rules,
      metric: watch.metric(METRICS.rulesUnchecked, HOURLY),
      breaching: [3, 3],
    },
    {
      name: 'invocations-failed',
      description: 'EventBridge could not invoke a function by its schedule or for a change of the config bucket',
      section: errors,
      metric: failedInvocations(invokingRules),
    },
    {
      name: 'tampering',
      description: 'A part of the detector or a trail was changed, disabled or deleted',
      section: tampering,
      metric: watch.metric(METRICS.tamperings),
    },
  ];
}

/** Rules that send to queues have a dead-letter queue instead. */
function failedInvocations(rules: readonly string[]): IMetric {
  const usingMetrics: Record<string, Metric> = {};
  for (const [at, RuleName] of rules.entries())
    usingMetrics[`failed${at}`] = new Metric({
      namespace: 'AWS/Events',
      metricName: 'FailedInvocations',
      dimensionsMap: { RuleName },
      statistic: 'Sum',
      ...HOURLY,
    });
  return new MathExpression({
    label: 'FailedInvocations',
    expression: `SUM([${Object.keys(usingMetrics)
      .map((name) => `FILL(${name}, 0)`)
      .join(', ')}])`,
    usingMetrics,
    ...HOURLY,
  });
}
