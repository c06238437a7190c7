import type { CidrSet } from '../model/address';
import { INVENTORY } from '../facts/facts';

/** The period in which an instance or account had an address. */
export interface Tenure {
  /** A canonical address, or a delegated prefix in CIDR form. */
  readonly address: string;
  /** Of a delegated prefix; null for an address. */
  readonly range: CidrSet | null;
  readonly holder: Holder;
  readonly account: string;
  readonly region: string;
  readonly vpcId: string | null;
  readonly since: number;
  readonly sinceEvent: string;
  /** The action that began it. */
  readonly sinceAction: string;
  until: number | null;
  untilEvent: string | null;
}

export interface Holder {
  /** `allocation`: an Elastic IP address without a known association. */
  readonly kind: 'instance' | 'nat-gateway' | 'interface' | 'allocation';
  readonly id: string;
}

export function covers({ address, range }: Tenure, asked: string): boolean {
  return range === null ? address === asked : range.has(asked);
}

/** The origin of the address, as the beginning of a sentence. */
export function givenBy({ sinceAction }: Tenure): string {
  return sinceAction === INVENTORY ? 'the inventory gives' : `${sinceAction} gave`;
}

/** Clocks of EC2 and CloudTrail differ, so tenures begin a minute earlier than recorded (milliseconds). */
export const BEFORE = 60_000;
const HOUR = 3_600_000;

/**
 * True when the address was its holder's at a time, with tolerance: a tenure begins a minute early, and lasts for the rest
 * of the hour, since a sighting has the time of its hour's first event.
 */
export function holdsAt(tenure: Tenure, time: number): boolean {
  if (time < tenure.since - BEFORE) return false;
  return tenure.until === null || startOfHour(time) <= tenure.until;
}

/** The same without tolerance, to decide between two tenures that meet. */
export function strictlyHoldsAt(tenure: Tenure, time: number): boolean {
  return time >= tenure.since && (tenure.until === null || time < tenure.until);
}

export function startOfHour(time: number): number {
  return Math.floor(time / HOUR) * HOUR;
}
