import type { Workshop } from './workshop';

/** What a check found. It passes where there is no fault. */
export interface Report {
  /** One line: what was checked, with figures. */
  readonly summary: string;
  /** What a reader may want to know beside it. */
  readonly details: readonly string[];
  readonly faults: readonly string[];
}

export interface CheckOptions {
  /** Write what is kept in the repository instead of comparing with it. */
  readonly write: boolean;
  /** Log files or folders of CloudTrail logs to measure patterns with. */
  readonly trails: readonly string[];
}

/** Holds one part of the project to something that others made. */
export interface Check {
  readonly name: string;
  /** It depends on the time that others take, and runs after the checks that run side by side. */
  readonly alone?: boolean;
  run(workshop: Workshop, options: CheckOptions): Promise<Report>;
}
