import { fromJson } from '../json-shape';
import { inputShape, type OperationSchema, type ShapeFault } from '../shape';
import { WireError } from '../wire-error';
import type { WireHttpRequest, WireHttpResponse } from '../wire-http';
import type { Reading } from './protocol';

export function readJsonBody(schema: OperationSchema, request: WireHttpRequest): Reading {
  const faults: ShapeFault[] = [];
  const input = fromJson(inputShape(schema), parse(request.body), '', (fault) => faults.push(fault));
  return { input, faults };
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new WireError('SerializationException', 'the body is not JSON');
  }
}

export function jsonResponse(
  status: number,
  headers: Readonly<Record<string, string>>,
  value: unknown,
): WireHttpResponse {
  return { status, headers, body: Buffer.from(JSON.stringify(value ?? {}), 'utf8') };
}
