import { toJson } from '../json-shape';
import { outputShape } from '../shape';
import { header } from '../wire-http';
import { jsonResponse, readJsonBody } from './json-body';
import type { Protocol } from './protocol';

/**
 * AWS JSON 1.0 and 1.1: every operation is a POST to `/`, named in `X-Amz-Target`.
 * `queryCompatible` services (SQS) also send the code of their older query protocol in `x-amzn-query-error`.
 */
export function jsonRpc(version: '1.0' | '1.1', target: string, queryCompatible = false): Protocol {
  const type = { 'content-type': `application/x-amz-json-${version}` };
  return {
    operationName(request) {
      const [prefix, name] = (header(request, 'x-amz-target') ?? '').split('.');
      if (header(request, 'content-type') !== type['content-type']) return '';
      return prefix === target && request.method === 'POST' && request.path === '/' ? (name ?? '') : '';
    },
    read: readJsonBody,
    write(schema, output, requestId) {
      return jsonResponse(200, { ...type, 'x-amzn-requestid': requestId }, toJson(outputShape(schema), output));
    },
    writeError(error, requestId) {
      const fault = error.status < 500 ? 'Sender' : 'Receiver';
      const query = queryCompatible ? { 'x-amzn-query-error': `${error.queryCode};${fault}` } : {};
      const headers = { ...type, 'x-amzn-requestid': requestId, ...query };
      return jsonResponse(error.status, headers, { __type: error.code, message: error.message });
    },
  };
}
