import type { Severity } from '../../lambda/detection/model/finding';

/** What the picture of an incident shows: where one workload's credentials were used, and when. Times in epoch seconds. */
export interface Picture {
  readonly kind: 'incident';
  /** Its lanes are workloads, not origins of one. */
  readonly fleet: boolean;
  readonly from: number;
  readonly to: number;
  /** Trusted origins first, by time, then the others. */
  readonly lanes: readonly Lane[];
  /** Origins there was no room for. */
  readonly more: number;
  readonly issued: readonly Moment[];
  /** What gave or took addresses, started, stopped or terminated it. */
  readonly changes: readonly Moment[];
}

export interface Lane {
  /** The origin as people write it. */
  readonly origin: string;
  readonly trusted: boolean;
  /** Why it is trusted, or why not, in a few words. */
  readonly because: string;
  /** The same as a sentence. */
  readonly why: string;
  /** When it was locked, and given up again; null for what is not trusted. */
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

/** All incidents of a report against time. Times in epoch seconds. */
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
  readonly severity: Severity;
  /** The workload. */
  readonly label: string;
}

export type Drawing = Picture | Overview;
