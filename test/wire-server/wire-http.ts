import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';

/** One HTTP request, read whole. */
export interface WireHttpRequest {
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface WireHttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const PIECE = 64 * 1024;

export async function readRequest(message: IncomingMessage): Promise<WireHttpRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(Buffer.from(piece));
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    headers: message.headers,
    body: Buffer.concat(pieces),
  };
}

export function header(request: WireHttpRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

/** Writes in pieces of 64 KiB, so that a reader of a stream sees more than one. */
export async function writeResponse(response: ServerResponse, answer: WireHttpResponse): Promise<void> {
  begin(response, answer);
  for (let at = 0; at < answer.body.length; at += PIECE) {
    if (response.destroyed) return;
    if (!response.write(answer.body.subarray(at, at + PIECE))) await drained(response);
  }
  response.end();
}

/** Sends the head and half of the body, then cuts the connection. */
export function writeHalf(response: ServerResponse, answer: WireHttpResponse): void {
  begin(response, answer);
  response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () => response.destroy());
}

function begin(response: ServerResponse, answer: WireHttpResponse): void {
  response.writeHead(answer.status, { 'content-length': String(answer.body.length), ...answer.headers });
}

/** A client that went away never drains. */
async function drained(response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  await Promise.race([
    once(response, 'drain', { signal: gone.signal }),
    once(response, 'close', { signal: gone.signal }),
  ]).finally(() => gone.abort());
}
