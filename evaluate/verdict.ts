export const SEVERITIES = ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const HIGH = ['HIGH'] as const;
export const MEDIUM = ['MEDIUM'] as const;
export const MEDIUM_OR_HIGH = ['MEDIUM', 'HIGH'] as const;
/** Where AWS's documentation decides that it must be reported, and not how severe it is. */
export const ANY = ['LOW', 'MEDIUM', 'HIGH'] as const;

/** A workload that must be reported: with one of these severities, at one of these origins. */
export interface Theft {
  /** Part of the workload's id in findings, and of no other workload's. */
  readonly workload: string;
  readonly severities: readonly Severity[];
  /** Addresses or `vpce-…/address`, each enough. */
  readonly origins: readonly string[];
}
