import { members, type Shape, type ShapeFault } from './shape';

type Report = (fault: ShapeFault) => void;

/** Reads what `JSON.parse` gave as the model's shape (dates and bytes made so); tells `report` of every departure. */
export function fromJson(shape: Shape, value: unknown, path: string, report: Report): unknown {
  const wrong = (expected: string): undefined => {
    report({ kind: 'invalid', path, message: `must be ${expected}, got ${typeName(value)}` });
    return undefined;
  };
  if (shape.isUnitSchema() || shape.isDocumentSchema()) return value;
  if (shape.isStructSchema()) return isObject(value) ? structure(shape, value, path, report) : wrong('an object');
  if (shape.isListSchema()) {
    if (!Array.isArray(value)) return wrong('an array');
    return value.map((item, index) => fromJson(shape.getValueSchema(), item, `${path}.${index}`, report));
  }
  if (shape.isMapSchema()) {
    if (!isObject(value)) return wrong('an object');
    const inner = shape.getValueSchema();
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, fromJson(inner, item, `${path}.${key}`, report)]),
    );
  }
  return scalar(shape, value) ?? wrong(scalarName(shape));
}

function structure(shape: Shape, value: object, path: string, report: Report): Record<string, unknown> {
  const known = members(shape);
  const read: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const member = known.get(name);
    if (member) read[name] = fromJson(member, item, `${path}.${name}`, report);
    else report({ kind: 'invalid', path: `${path}.${name}`, message: 'is no member of the SDK model' });
  }
  return read;
}

function scalar(shape: Shape, value: unknown): unknown {
  if (shape.isTimestampSchema()) return typeof value === 'number' ? new Date(value * 1000) : undefined;
  if (shape.isBlobSchema()) return typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
  return typeof value === scalarName(shape) ? value : undefined;
}

function scalarName(shape: Shape): string {
  if (shape.isNumericSchema()) return 'number';
  if (shape.isBooleanSchema()) return 'boolean';
  if (shape.isTimestampSchema()) return 'seconds since 1970';
  return shape.isBlobSchema() ? 'base64' : 'string';
}

/** Writes an answer as JSON values; a member the model lacks is a fault of the server itself. */
export function toJson(shape: Shape, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((item) => toJson(shape.getValueSchema(), item));
  if (!isObject(value)) return value;
  if (!shape.isStructSchema()) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(shape.getValueSchema(), item)]));
  }
  const known = members(shape);
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const member = known.get(name);
      if (!member) throw new Error(`wire server: ${shape.getName()} has no member ${name}`);
      return [name, toJson(member, item)];
    }),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
