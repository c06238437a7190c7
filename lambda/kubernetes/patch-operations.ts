import { listOf } from './manifest-list';
import { isJsonObject, type JsonObject } from '../detection/model/json-field';

/** A part of a path that is no name of a member. */
const IN_LIST = /^(?:\d+|-)$/;
const MOST_PARTS = 30;

/**
 * The manifest, or what is known of it: a patch by operations (RFC 6902) is read as the parts of the object that it adds or
 * replaces.
 */
export function readManifest(manifest: unknown): unknown {
  if (!Array.isArray(manifest)) return manifest;
  return manifest.reduce<unknown>((whole, operation) => merged(whole, patched(operation)), {});
}

function patched(operation: unknown): unknown {
  if (!isJsonObject(operation)) return {};
  const { op, path, value } = operation;
  if ((op !== 'add' && op !== 'replace') || typeof path !== 'string') return {};
  const parts = path.split('/').slice(1, MOST_PARTS);
  return parts.reduceRight<unknown>((inner, part) => (IN_LIST.test(part) ? [inner] : { [named(part)]: inner }), value);
}

function named(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Items of lists are kept beside each other: which place they have is not known. */
function merged(one: unknown, other: unknown): unknown {
  if (Array.isArray(one) && Array.isArray(other)) return [...listOf(one), ...listOf(other)];
  if (!isJsonObject(one) || !isJsonObject(other)) return other;
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(keys.map((key) => [key, key in other ? mergedMember(one, other, key) : one[key]]));
}

function mergedMember(one: JsonObject, other: JsonObject, key: string): unknown {
  return key in one ? merged(one[key], other[key]) : other[key];
}
