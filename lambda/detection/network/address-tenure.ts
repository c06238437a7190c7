import type { CidrSet } from '../model/address';
import { INVENTORY } from '../facts/facts';

/** Who had an address, and when. */
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
  /** The action that gave it. */
  readonly sinceAction: string;
  until: number | null;
  untilEvent: string | null;
}

export interface Holder {
  /** `allocation`: an Elastic IP address that sits on nothing known. */
  readonly kind: 'instance' | 'nat-gateway' | 'interface' | 'allocation';
  readonly id: string;
}

/** What gave the address, as the beginning of a sentence that goes on with it. */
export function givenBy({ sinceAction }: Tenure): string {
  return sinceAction === INVENTORY ? 'the inventory gives' : `${sinceAction} gave`;
}

/** Records and calls are not stamped by one clock, so what a change gives reaches a minute back (milliseconds). */
export const BEFORE = 60_000;
const HOUR = 3_600_000;

/**
 * Whether an address was its holder's at a time, graces included: a tenure reaches a minute back, and it lasts for the
 * rest of the hour, since a sighting is told by its hour's first event.
 */
export function holdsAt(tenure: Tenure, time: number): boolean {
  if (time < tenure.since - BEFORE) return false;
  return tenure.until === null || time < endOfHour(tenure.until);
}

/** The same without graces: who has the better right where two tenures meet. */
export function strictlyHoldsAt(tenure: Tenure, time: number): boolean {
  return time >= tenure.since && (tenure.until === null || time < tenure.until);
}

function endOfHour(time: number): number {
  return (Math.floor(time / HOUR) + 1) * HOUR;
}
