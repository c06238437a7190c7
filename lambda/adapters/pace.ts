import { setTimeout as wait } from 'node:timers/promises';

export interface PaceOptions {
  readonly perSecond: number;
  /** The number of calls that may be made at once. */
  readonly burst: number;
  /** Epoch milliseconds. @default the clock */
  readonly now?: () => number;
  /** @default really waits */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** A token bucket: each call resolves when a token is available. */
export function pace({ perSecond, burst, now = Date.now, pause = wait }: PaceOptions): () => Promise<void> {
  let tokens = burst;
  let at = now();
  return async () => {
    const time = now();
    tokens = Math.min(burst, tokens + ((time - at) / 1_000) * perSecond) - 1;
    at = time;
    // Tokens may go negative; later callers wait longer.
    if (tokens < 0) await pause(Math.ceil((-tokens / perSecond) * 1_000));
  };
}
