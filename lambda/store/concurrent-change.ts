/** Another worker changed the same items: the caller reads and judges again. */
export class ConcurrentChange extends Error {
  override readonly name = 'ConcurrentChange';

  constructor(what: string) {
    super(`${what}: changed by another worker at the same time`);
  }
}

/** Retries on `ConcurrentChange`, `attempts` times in all. `pause` is given the number of the attempt that failed. */
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
