import { SEVERITIES, type Finding, type FindingWorkload, type Severity } from '../../lambda/detection/model/finding';
import type { Picture } from './picture';

/** The findings of one workload (or group of workloads) and the picture they share. */
export interface Incident {
  readonly id: string;
  /** The weightiest first, then by first sighting. */
  readonly findings: readonly [ReportedFinding, ...ReportedFinding[]];
  /** Null where nothing is to be drawn. */
  readonly picture: Picture | null;
}

/** A finding with what a report says of its calls: the counts are of all calls there are, the list may be shorter. */
export interface ReportedFinding extends Finding {
  readonly deeds: readonly Deed[];
  /** What was done with keys that were made of the workload's. */
  readonly onward: readonly Deed[];
  readonly userAgents: readonly string[];
  /** Calls of `events` that were left out of it here. */
  readonly unlisted: number;
}

/** What was called, and how it went. */
export interface Deed {
  readonly service: string;
  readonly name: string;
  readonly calls: number;
  readonly failed: number;
  readonly errors: readonly string[];
}

/** 0 is the least. */
export function weightOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** `s3` of `s3.amazonaws.com` */
export function serviceOf(source: string): string {
  return source.replace(/\.amazonaws\.com(?:\.cn)?$/, '');
}

export function workloadsOf({ workload, workloads }: Finding): readonly FindingWorkload[] {
  return workload ? [workload] : (workloads ?? []);
}

export function accountsOf({ findings }: Incident): string[] {
  return [...new Set(findings.flatMap(workloadsOf).map(({ account }) => account))].sort();
}

export function rolesOf({ findings }: Incident): string[] {
  return [...new Set(findings.flatMap(({ sessions }) => sessions.map(({ role }) => role)))].sort();
}
