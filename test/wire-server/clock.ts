/** What time the server believes it is, in milliseconds since 1970. */
export interface Clock {
  now(): number;
}

export interface ManualClock extends Clock {
  /** Moves forward by `milliseconds`. */
  advance(milliseconds: number): void;
  set(time: string): void;
}

export const realClock: Clock = { now: () => Date.now() };

/** A clock that only moves when told; `start` is ISO 8601. */
export function manualClock(start: string): ManualClock {
  let now = Date.parse(start);
  return {
    now: () => now,
    advance(milliseconds) {
      now += milliseconds;
    },
    set(time) {
      now = Date.parse(time);
    },
  };
}
