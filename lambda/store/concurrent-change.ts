/** Somebody else changed the same items at the same time: whoever gets this reads and judges again. */
export class ConcurrentChange extends Error {
  override readonly name = 'ConcurrentChange';

  constructor(what: string) {
    super(`${what}: somebody else changed it at the same time`);
  }
}

/** Does it again where somebody else was at it, `attempts` times in all; `pause` gets the number of the attempt that failed. */
export async function despiteOthers<Result>(
  act: () => Promise<Result>,
  attempts = 3,
  pause: (attempt: number) => Promise<void> = () => Promise.resolve(),
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof ConcurrentChange) || attempt >= attempts) throw error;
      await pause(attempt);
    }
  }
}
