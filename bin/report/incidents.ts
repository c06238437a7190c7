import { SEVERITIES, type Finding, type FindingWorkload, type Severity } from '../../lambda/detection/model/finding';
import type { Picture } from './picture';

/** The findings of one workload (or group of workloads) and the picture they share. */
export interface Incident {
  readonly id: string;
  /** The most severe first, then by first sighting. */
  readonly findings: readonly [ReportedFinding, ...ReportedFinding[]];
  readonly picture: Picture | null;
}

/** A finding with a summary of its calls. The counts cover all calls; the list may be shorter. */
export interface ReportedFinding extends Finding {
  readonly actions: readonly Action[];
  /** Those with keys of derived sessions. */
  readonly derivedActions: readonly Action[];
  readonly userAgents: readonly string[];
  /** Number of calls left out of `events`. */
  readonly unlisted: number;
}

/** Calls of one API action. */
export interface Action {
  readonly service: string;
  readonly name: string;
  readonly calls: number;
  readonly failed: number;
  readonly errors: readonly string[];
}

/** 0 is the lowest. */
export function weightOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
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
