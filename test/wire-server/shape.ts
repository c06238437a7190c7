import { NormalizedSchema } from '@smithy/core/schema';
import type { GetCallerIdentity$ } from '@aws-sdk/client-sts';

/** An operation of the SDK's own model, as every client exports it (`PutEvents$`, …). */
export type OperationSchema = typeof GetCallerIdentity$;
export type Shape = NormalizedSchema;

/** How a request departs from the model. */
export interface ShapeFault {
  readonly kind: 'missing' | 'invalid';
  readonly path: string;
  readonly message: string;
}

export function inputShape(schema: OperationSchema): Shape {
  return NormalizedSchema.of(schema[4]);
}

export function outputShape(schema: OperationSchema): Shape {
  return NormalizedSchema.of(schema[5]);
}

export function operationName(schema: OperationSchema): string {
  return schema[2];
}

/** `com.amazonaws.sqs` of the shape `com.amazonaws.sqs#SendMessage`. */
export function namespace(schema: OperationSchema): string {
  return schema[1];
}

/** The members of a structure by name; none for the unit shape. */
export function members(shape: Shape): Map<string, Shape> {
  return new Map(shape.isUnitSchema() ? [] : shape.structIterator());
}

/** The SDK's structures list their required members first and end with how many there are. */
export function requiredMembers(shape: Shape): string[] {
  const schema = shape.getSchema();
  if (!Array.isArray(schema) || schema[0] !== 3) return [];
  const count = typeof schema[6] === 'number' ? schema[6] : 0;
  return schema[4].slice(0, count);
}

export function trait(shape: Shape, name: 'xmlName' | 'ec2QueryName' | 'httpHeader' | 'httpQuery'): string | undefined {
  const value: unknown = shape.getMergedTraits()[name];
  return typeof value === 'string' ? value : undefined;
}

export function isFlattened(shape: Shape): boolean {
  return Boolean(shape.getMergedTraits().xmlFlattened);
}

/** What is missing from a structure that was read, at every depth when `deep`. */
export function missingMembers(shape: Shape, value: unknown, path: string, deep: boolean): ShapeFault[] {
  if (typeof value !== 'object' || value === null) return [];
  if (shape.isListSchema() || shape.isMapSchema()) {
    const inner = shape.getValueSchema();
    return Object.entries(value).flatMap(([key, item]) => missingMembers(inner, item, `${path}.${key}`, deep));
  }
  if (!shape.isStructSchema()) return [];
  const given = new Map<string, unknown>(Object.entries(value));
  const missing = requiredMembers(shape)
    .filter((name) => given.get(name) === undefined)
    .map((name): ShapeFault => ({ kind: 'missing', path: `${path}.${name}`, message: 'is required' }));
  if (!deep) return missing;
  return [
    ...missing,
    ...[...members(shape)].flatMap(([name, member]) =>
      missingMembers(member, given.get(name), `${path}.${name}`, true),
    ),
  ];
}
