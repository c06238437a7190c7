import type { Severity } from '../../lambda/detection/model/finding';

/** The timeline of an incident: origins of a workload's calls. Times in epoch seconds. */
export interface Picture {
  readonly kind: 'incident';
  /** True if the lanes are workloads, not origins of one workload. */
  readonly fleet: boolean;
  readonly from: number;
  readonly to: number;
  /** Trusted origins first, by time, then the others. */
  readonly lanes: readonly Lane[];
  /** Number of lanes left out. */
  readonly more: number;
  readonly issued: readonly Moment[];
  /** Changes of address and state. */
  readonly changes: readonly Moment[];
}

export interface Lane {
  readonly origin: string;
  readonly trusted: boolean;
  /** Label of the reason it is trusted or not. */
  readonly because: string;
  /** The reason as a sentence. */
  readonly why: string;
  /** When it was locked, and until when; null if not trusted. */
  readonly since: number | null;
  readonly until: number | null;
  readonly calls: readonly LaneCall[];
}

export interface LaneCall {
  readonly time: number;
  /** `s3:GetObject`, with the error where it failed. */
  readonly text: string;
  readonly suspicious: boolean;
  readonly failed: boolean;
}

export interface Moment {
  readonly time: number;
  readonly text: string;
}

/** All incidents of a report over time. Times in epoch seconds. */
export interface Overview {
  readonly kind: 'overview';
  readonly from: number;
  readonly to: number;
  /** By time. */
  readonly incidents: readonly OverviewIncident[];
}

export interface OverviewIncident {
  readonly first: number;
  readonly last: number;
  /** Times of suspicious calls, those apart in the drawing. */
  readonly calls: readonly number[];
  readonly severity: Severity;
  /** The workload. */
  readonly label: string;
}

export type Drawing = Picture | Overview;
