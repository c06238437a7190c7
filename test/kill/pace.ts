/** A clock that runs faster than real time, the same in every process. */
export interface Pace {
  /** Epoch milliseconds of real time, and of the clock then. */
  readonly real: number;
  readonly start: number;
  readonly times: number;
}

export function nowBy({ real, start, times }: Pace): () => number {
  return () => Math.floor(start + (Date.now() - real) * times);
}
