import { toJson } from '../json-shape';
import { operationName, outputShape, type OperationSchema } from '../shape';
import type { WireHttpRequest } from '../wire-http';
import { jsonResponse, readJsonBody } from './json-body';
import type { Protocol } from './protocol';

/**
 * REST with JSON: the method and path name the operation. Labels of the path and parameters of the query, whose names are
 * those of members here, are read like members of the body.
 */
export function restJson(schemas: readonly OperationSchema[]): Protocol {
  const type = { 'content-type': 'application/json' };
  const routes = schemas.map(routeOf);
  const labelsIn = ({ method, path }: WireHttpRequest, name: string): Readonly<Record<string, string>> | null => {
    const route = routes.find((one) => one.name === name && one.method === method);
    return route?.path.exec(path)?.groups ?? null;
  };
  return {
    operationName: ({ method, path }) =>
      routes.find((route) => route.method === method && route.path.test(path))?.name ?? '',
    read: (schema, request) => {
      if (request.body.length > 0) return readJsonBody(schema, request);
      const labels = Object.entries(labelsIn(request, operationName(schema)) ?? {});
      const input = Object.fromEntries([
        ...request.query,
        ...labels.map(([key, value]) => [key, decodeURIComponent(value)]),
      ]);
      return readJsonBody(schema, { ...request, body: Buffer.from(JSON.stringify(input)) });
    },
    write(schema, output, requestId) {
      return jsonResponse(200, { ...type, 'x-amzn-requestid': requestId }, toJson(outputShape(schema), output));
    },
    writeError(error, requestId) {
      const headers = { ...type, 'x-amzn-requestid': requestId, 'x-amzn-errortype': error.code };
      return jsonResponse(error.status, headers, { Code: error.code, Message: error.message });
    },
  };
}

interface Route {
  readonly name: string;
  readonly method: string;
  readonly path: RegExp;
}

function routeOf(schema: OperationSchema): Route {
  const traits = schema[3];
  const http = typeof traits === 'object' ? traits.http : undefined;
  if (!http) throw new Error(`wire server: ${operationName(schema)} has no HTTP binding`);
  const path = new RegExp(`^${http[1].replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
  return { name: operationName(schema), method: http[0], path };
}
