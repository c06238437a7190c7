import { isJsonObject, parsedJson, type JsonObject } from '../detection/model/json-field';
import { objectEnd } from '../trail-files/object-end';

const OPEN = 123;
const NOTHING: Buffer = Buffer.alloc(0);

/** Longer than any record that CloudWatch Logs sends: compressed it has at most 1 MB. */
const LONGEST = 128 * 1024 * 1024;

/** What follows cannot be read: the object does not end, or is no JSON. */
export class UnreadablePayload extends Error {
  override readonly name = 'UnreadablePayload';
}

/**
 * The JSON objects that follow each other in `source` with nothing or space between them, as Firehose writes what CloudWatch
 * Logs sent. Memory grows with the longest of them. Throws `UnreadablePayload` behind those that could be read.
 */
export async function* payloadsIn(source: AsyncIterable<Buffer>): AsyncGenerator<JsonObject> {
  let rest = NOTHING;
  for await (const chunk of source) {
    rest = yield* payloadsOf(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]));
    if (rest.length > LONGEST) throw new UnreadablePayload(`an object in it is longer than ${LONGEST} bytes`);
  }
  if (rest.length > 0) throw new UnreadablePayload('its last object breaks off');
}

/** Gives what is left: the beginning of an object. */
function* payloadsOf(bytes: Buffer): Generator<JsonObject, Buffer> {
  const text = bytes.toString('latin1');
  let at = 0;
  for (;;) {
    while (at < bytes.length && isSpace(bytes[at])) at += 1;
    if (at === bytes.length) return NOTHING;
    if (bytes[at] !== OPEN) throw new UnreadablePayload('something stands between its objects');
    const end = objectEnd(bytes, text, at);
    if (end < 0) return bytes.subarray(at);
    const payload = parsedJson(bytes.toString('utf8', at, end));
    if (!isJsonObject(payload)) throw new UnreadablePayload('an object in it is no JSON');
    yield payload;
    at = end;
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}
