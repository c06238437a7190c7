import type { Clock } from './clock';

/** A token bucket: `burst` calls at once, refilled by `perSecond`. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Security Hub API Reference, Welcome: RateLimit and BurstLimit of each operation, per account and Region. */
export const DOCUMENTED_RATES: Readonly<Record<string, Rate>> = {
  'securityhub.BatchImportFindings': { perSecond: 10, burst: 30 },
  'securityhub.BatchUpdateFindings': { perSecond: 10, burst: 30 },
  'securityhub.GetFindings': { perSecond: 3, burst: 6 },
};

export interface RateLimits {
  /** Whether one more call of `operation` (`service.Operation`) by `caller` is allowed now; takes a token if so. */
  allows(operation: string, caller: string): boolean;
}

export function rateLimits(rates: Readonly<Record<string, Rate>>, clock: Clock): RateLimits {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    allows(operation, caller) {
      const rate = rates[operation];
      if (!rate) return true;
      const key = `${operation} ${caller}`;
      const now = clock.now();
      const { tokens, at } = buckets.get(key) ?? { tokens: rate.burst, at: now };
      const filled = Math.min(rate.burst, tokens + ((now - at) / 1000) * rate.perSecond);
      const allowed = filled >= 1;
      buckets.set(key, { tokens: allowed ? filled - 1 : filled, at: now });
      return allowed;
    },
  };
}
