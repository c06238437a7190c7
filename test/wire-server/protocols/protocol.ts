import type { OperationSchema, ShapeFault } from '../shape';
import type { WireError } from '../wire-error';
import type { WireHttpRequest, WireHttpResponse } from '../wire-http';

export interface Reading {
  readonly input: unknown;
  readonly faults: readonly ShapeFault[];
}

/** One of AWS's wire protocols, from the server's side. */
export interface Protocol {
  /** The operation a request names, '' where it names none. */
  operationName(request: WireHttpRequest): string;
  read(schema: OperationSchema, request: WireHttpRequest): Reading;
  write(schema: OperationSchema, output: unknown, requestId: string): WireHttpResponse;
  writeError(error: WireError, requestId: string): WireHttpResponse;
}
