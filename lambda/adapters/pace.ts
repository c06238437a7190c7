import { setTimeout as wait } from 'node:timers/promises';

export interface PaceOptions {
  readonly perSecond: number;
  /** So many may go at once. */
  readonly burst: number;
  /** Epoch milliseconds. @default the clock */
  readonly now?: () => number;
  /** @default really waits */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** A bucket of tokens: each call resolves when its turn has come. */
export function pace({ perSecond, burst, now = Date.now, pause = wait }: PaceOptions): () => Promise<void> {
  let tokens = burst;
  let at = now();
  return async () => {
    const time = now();
    tokens = Math.min(burst, tokens + ((time - at) / 1_000) * perSecond) - 1;
    at = time;
    // A debt is waited for: whoever comes next owes more.
    if (tokens < 0) await pause(Math.ceil((-tokens / perSecond) * 1_000));
  };
}
