/** A stream with backpressure: waits for `pause` after each chunk, and keeps transfer faults apart from content faults. */
export class PausingStream implements AsyncIterable<Uint8Array> {
  fault: { readonly error: unknown } | null = null;

  constructor(
    private readonly source: AsyncIterable<Uint8Array>,
    private readonly pause: () => Promise<void> = () => Promise.resolve(),
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.source) {
        yield chunk;
        await this.pause();
      }
    } catch (error) {
      this.fault = { error };
      throw error;
    }
  }
}
