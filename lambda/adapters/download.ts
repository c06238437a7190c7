import { isNativeError } from 'node:util/types';

export interface DownloadLimits {
  readonly milliseconds: number;
  /** Of the unpacked body. */
  readonly bytes: number;
}

/** The text at a URL. Throws with the URL and the reason if it is missing, too slow or too long. */
export async function download(url: string, limits: DownloadLimits): Promise<string> {
  const deadline = AbortSignal.timeout(limits.milliseconds);
  try {
    const response = await fetch(url, { signal: deadline });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`the server answered ${response.status} ${response.statusText}`.trimEnd());
    }
    return response.body === null ? '' : await textOf(response.body, limits.bytes);
  } catch (error) {
    const reason = deadline.aborted ? `not done within ${limits.milliseconds / 1_000} s` : causeOf(error);
    throw new Error(`cannot download ${url}: ${reason}`, { cause: error });
  }
}

async function textOf(body: AsyncIterable<Uint8Array>, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > most) throw new Error(`the answer is longer than ${most / 1_000_000} MB`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** The message of `fetch` is just "fetch failed"; the reason is its cause. */
function causeOf(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  const { cause } = error;
  if (!isNativeError(cause)) return error.message;
  return cause.message || ('code' in cause ? String(cause.code) : error.message);
}
