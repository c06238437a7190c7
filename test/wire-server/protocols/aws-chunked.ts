import { header, type WireHttpRequest } from '../wire-http';
import { WireError } from '../wire-error';

export interface Unchunked {
  readonly bytes: Buffer;
  readonly trailers: ReadonlyMap<string, string>;
}

/** Takes off the `aws-chunked` framing the SDK puts around streams, and gives the trailing headers (checksums). */
export function unchunked(request: WireHttpRequest): Unchunked {
  const trailers = new Map<string, string>();
  if (!(header(request, 'content-encoding') ?? '').includes('aws-chunked')) return { bytes: request.body, trailers };
  const pieces: Buffer[] = [];
  let rest = request.body;
  for (;;) {
    const [line, after] = cutLine(rest);
    const size = Number.parseInt(line, 16);
    rest = after;
    if (Number.isNaN(size)) throw incomplete();
    if (size === 0) break;
    pieces.push(rest.subarray(0, size));
    rest = rest.subarray(size + 2);
  }
  for (const line of rest.toString('utf8').split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const bytes = Buffer.concat(pieces);
  if (bytes.length !== Number(header(request, 'x-amz-decoded-content-length'))) throw incomplete();
  return { bytes, trailers };
}

function cutLine(bytes: Buffer): [string, Buffer] {
  const end = bytes.indexOf('\r\n');
  if (end < 0) throw incomplete();
  return [bytes.toString('latin1', 0, end), bytes.subarray(end + 2)];
}

function incomplete(): WireError {
  return new WireError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header.',
  );
}
