import { Duration } from 'aws-cdk-lib';
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';

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
  verification: 'alarm-verification',
  ipRanges: 'alarm-address-ranges',
  kubernetes: 'alarm-kubernetes',
} as const;

/** An alarm on a metric. */
export interface AlarmSettings {
  readonly name: string;
  readonly description: string;
  readonly section: (typeof RUNBOOK_SECTIONS)[keyof typeof RUNBOOK_SECTIONS];
  readonly metric: IMetric;
  /** @default 1 */
  readonly threshold?: number;
  /** Breaching periods out of evaluated ones. @default 1 of 1 */
  readonly breaching?: readonly [number, of: number];
}

export const HOURLY = { period: Duration.hours(1) };
