/**
 * One text for one value: maps and sets by key, objects by field, lists as they stand. Two sets of facts with the same
 * text are the same set, whatever order they were filled in.
 */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (value instanceof Map) return [...value].map(([key, inside]) => [String(key), sorted(inside)]).sort(byKey);
  if (value instanceof Set) return [...value].map(String).sort();
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .map(([key, inside]) => [key, sorted(inside)])
    .sort(byKey);
}

function byKey([a]: readonly unknown[], [b]: readonly unknown[]): number {
  return String(a) < String(b) ? -1 : 1;
}
