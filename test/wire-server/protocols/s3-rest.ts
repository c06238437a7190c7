import { inputShape, members, outputShape, trait, type OperationSchema, type Shape, type ShapeFault } from '../shape';
import { WireError } from '../wire-error';
import { header, type WireHttpRequest } from '../wire-http';
import { unchunked } from './aws-chunked';
import type { Protocol, Reading } from './protocol';
import { element, escape, membersXml } from './xml-shape';
import { xml } from './query';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const METADATA = 'x-amz-meta-';

/** Headers of signing and framing, which are no members of any operation. */
const ENVELOPE = new Set([
  'x-amz-date',
  'x-amz-content-sha256',
  'x-amz-security-token',
  'x-amz-user-agent',
  'x-amz-decoded-content-length',
  'x-amz-trailer',
]);

/** S3's REST-XML, path-style (what the SDK uses for an endpoint that is an IP address). */
export function s3Rest(): Protocol {
  return {
    operationName(request) {
      const { key } = locate(request);
      if (key === '') return request.method === 'GET' ? bucketOperation(request) : '';
      const named: Record<string, string> = { GET: 'GetObject', HEAD: 'HeadObject', PUT: 'PutObject' };
      return named[request.method] ?? '';
    },
    read,
    write(schema, output, requestId) {
      const answer = parts(outputShape(schema), output);
      const headers = { ...answer.headers, 'x-amz-request-id': requestId };
      if (answer.body) return { status: 'content-range' in headers ? 206 : 200, headers, body: answer.body };
      const root = trait(outputShape(schema), 'xmlName');
      if (root === undefined) return { status: 200, headers, body: Buffer.alloc(0) };
      return xml(200, element(root, membersXml(outputShape(schema), answer.rest), NAMESPACE), headers);
    },
    writeError(error, requestId) {
      const body = element('Code', error.code) + element('Message', escape(error.message));
      return xml(error.status, element('Error', body + element('RequestId', requestId)), {
        'content-type': 'application/xml',
        'x-amz-request-id': requestId,
      });
    },
  };
}

function bucketOperation({ query }: WireHttpRequest): string {
  if (query.has('acl')) return 'GetBucketAcl';
  return query.get('list-type') === '2' ? 'ListObjectsV2' : '';
}

function locate(request: WireHttpRequest): { bucket: string; key: string } {
  const [, bucket = '', ...key] = request.path.split('/');
  return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key.join('/')) };
}

function read(schema: OperationSchema, request: WireHttpRequest): Reading {
  const body = unchunked(request);
  const faults: ShapeFault[] = strangers(inputShape(schema), request);
  const input: Record<string, unknown> = {};
  const { bucket, key } = locate(request);
  for (const [name, member] of members(inputShape(schema))) {
    const text = textOf(member, request, body.trailers);
    if (name === 'Bucket') input[name] = bucket;
    else if (name === 'Key') input[name] = key;
    else if (name === 'Metadata') input[name] = metadataOf(request);
    else if (member.getMergedTraits().httpPayload) input[name] = body.bytes;
    else if (text !== undefined) input[name] = scalar(member, text);
  }
  return { input, faults };
}

function textOf(member: Shape, request: WireHttpRequest, trailers: ReadonlyMap<string, string>): string | undefined {
  const parameter = trait(member, 'httpQuery');
  if (parameter !== undefined) return request.query.get(parameter) ?? undefined;
  const name = trait(member, 'httpHeader')?.toLowerCase();
  if (name === undefined) return undefined;
  const text = trailers.get(name) ?? header(request, name);
  return name === 'content-encoding' ? withoutChunked(text) : text;
}

function withoutChunked(encoding: string | undefined): string | undefined {
  const kept = (encoding ?? '').split(',').filter((word) => word.trim() !== '' && word.trim() !== 'aws-chunked');
  return kept.length > 0 ? kept.join(',') : undefined;
}

function metadataOf(request: WireHttpRequest): Record<string, string> | undefined {
  const pairs = Object.keys(request.headers)
    .filter((name) => name.startsWith(METADATA))
    .map((name) => [name.slice(METADATA.length), header(request, name) ?? ''] as const);
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

function scalar(shape: Shape, text: string): unknown {
  if (shape.isNumericSchema()) return Number(text);
  if (shape.isBooleanSchema()) return text === 'true';
  return shape.isTimestampSchema() ? new Date(text) : text;
}

/** Headers and parameters that the operation does not have. */
function strangers(shape: Shape, request: WireHttpRequest): ShapeFault[] {
  const known = [...members(shape).values()];
  const headers = new Set(known.map((member) => trait(member, 'httpHeader')?.toLowerCase()));
  const parameters = new Set([...known.map((member) => trait(member, 'httpQuery')), 'x-id', 'list-type', 'acl']);
  const names = Object.keys(request.headers).filter((name) => name.startsWith('x-amz-'));
  return [
    ...names.filter((name) => !headers.has(name) && !ENVELOPE.has(name) && !name.startsWith(METADATA)),
    ...[...request.query.keys()].filter((name) => !parameters.has(name)),
  ].map((path) => ({ kind: 'invalid', path, message: 'is no member of the SDK model' }));
}

interface Parts {
  readonly headers: Record<string, string>;
  readonly body: Buffer | undefined;
  readonly rest: Record<string, unknown>;
}

/** An answer split by where the model puts its members: headers, payload, XML. */
function parts(shape: Shape, output: unknown): Parts {
  const headers: Record<string, string> = {};
  const rest: Record<string, unknown> = {};
  let body: Buffer | undefined;
  const known = members(shape);
  for (const [name, value] of Object.entries(typeof output === 'object' && output !== null ? output : {})) {
    const member = known.get(name);
    if (!member) throw new Error(`wire server: ${shape.getName()} has no member ${name}`);
    const headerName = trait(member, 'httpHeader');
    if (value === undefined) continue;
    if (headerName !== undefined) headers[headerName.toLowerCase()] = headerText(value);
    else if (name === 'Metadata') Object.assign(headers, metadataHeaders(value));
    else if (Buffer.isBuffer(value)) body = value;
    else rest[name] = value;
  }
  return { headers, body, rest };
}

function headerText(value: unknown): string {
  return value instanceof Date ? value.toUTCString() : String(value);
}

function metadataHeaders(value: unknown): Record<string, string> {
  const pairs = Object.entries(typeof value === 'object' && value !== null ? value : {});
  return Object.fromEntries(pairs.map(([name, text]) => [`${METADATA}${name}`, String(text)]));
}

/** S3 API Reference, error responses: a refusal that also names the bucket's Region. */
export function wrongRegion(region: string): WireError {
  return new WireError(
    'PermanentRedirect',
    `The bucket you are attempting to access must be addressed using the endpoint of ${region}.`,
    301,
  );
}
