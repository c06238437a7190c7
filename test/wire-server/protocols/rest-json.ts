import { toJson } from '../json-shape';
import { operationName, outputShape, type OperationSchema } from '../shape';
import { jsonResponse, readJsonBody } from './json-body';
import type { Protocol } from './protocol';

/** REST with JSON bodies, for operations whose path has no labels: the method and path name the operation. */
export function restJson(schemas: readonly OperationSchema[]): Protocol {
  const type = { 'content-type': 'application/json' };
  const names = new Map(schemas.map((schema) => [route(schema), operationName(schema)]));
  return {
    operationName: (request) => names.get(`${request.method} ${request.path}`) ?? '',
    read: readJsonBody,
    write(schema, output, requestId) {
      return jsonResponse(200, { ...type, 'x-amzn-requestid': requestId }, toJson(outputShape(schema), output));
    },
    writeError(error, requestId) {
      const headers = { ...type, 'x-amzn-requestid': requestId, 'x-amzn-errortype': error.code };
      return jsonResponse(error.status, headers, { Code: error.code, Message: error.message });
    },
  };
}

function route(schema: OperationSchema): string {
  const traits = schema[3];
  const http = typeof traits === 'object' ? traits.http : undefined;
  if (!http) throw new Error(`wire server: ${operationName(schema)} has no HTTP binding`);
  return `${http[0]} ${http[1]}`;
}
