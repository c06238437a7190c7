import { isNativeError } from 'node:util/types';
import { Command } from 'commander';
import { ipRangesCacheFile, ipRangesIn } from '../files/ip-ranges-cache';
import { replaceFile } from '../files/replace-file';

const PUBLISHED = 'https://ip-ranges.amazonaws.com/ip-ranges.json';

const EXAMPLES = `
Examples:
  credlock ip-ranges                            into the cache, which \`credlock replay\` reads
  credlock ip-ranges --out ip-ranges.json       into a file, for \`credlock replay --ip-ranges ip-ranges.json\`
  credlock ip-ranges --url https://mirror/file  from a mirror`;

/** Limits of a download. */
export interface Limits {
  readonly milliseconds: number;
  /** Of the unpacked body. */
  readonly bytes: number;
}

/** `credlock ip-ranges`: downloads AWS's address ranges. An invalid download leaves the existing file in place. */
export function ipRangesCommand(limits: Limits = { milliseconds: 30_000, bytes: 20_000_000 }): Command {
  return new Command('ip-ranges')
    .description('Downloads AWS’s address ranges, which tell AWS addresses and their Regions from others.')
    .option('--url <url>', 'download from this URL', PUBLISHED)
    .option('--out <file>', 'write to this file instead of the cache')
    .addHelpText('after', EXAMPLES)
    .action(async ({ url, out }: { url: string; out?: string }) => {
      process.stderr.write(`${await fetchInto(out ?? ipRangesCacheFile(), url, limits)}\n`);
    });
}

async function fetchInto(path: string, url: string, limits: Limits): Promise<string> {
  const text = await download(httpUrl(url), limits);
  const read = ipRangesIn(text);
  if ('faults' in read) throw new Error(`${url} ${read.faults.join('; ')}`);
  await replaceFile(path, text).catch((error: unknown) => {
    throw new Error(`cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  });
  const { createDate, skipped } = read.value;
  const leftOut = skipped === 0 ? '' : ` (ignored invalid entries: ${skipped})`;
  return `Wrote ip-ranges.json of ${createDate} to ${path}${leftOut}`;
}

function httpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new Error(`--url must start with https:// or http://, got "${text}"`);
}

async function download(url: URL, limits: Limits): Promise<string> {
  const deadline = AbortSignal.timeout(limits.milliseconds);
  try {
    return await textAt(url, limits.bytes, deadline);
  } catch (error) {
    const reason = deadline.aborted ? `it took more than ${limits.milliseconds / 1000} s` : reasonOf(error);
    throw new Error(`cannot download ${url.href}: ${reason}`, { cause: error });
  }
}

async function textAt(url: URL, limit: number, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal });
  if (response.ok) return response.body === null ? '' : textOf(response.body, limit);
  await response.body?.cancel();
  throw new Error(`the server answered ${response.status} ${response.statusText}`.trimEnd());
}

async function textOf(body: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > limit) throw new Error(`the response is larger than ${limit / 1_000_000} MB`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** The message of `fetch` is only "fetch failed"; the reason is in its cause, which may have a code and no message. */
function reasonOf(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  const { cause } = error;
  if (!isNativeError(cause)) return error.message;
  return cause.message || ('code' in cause ? String(cause.code) : error.message);
}
