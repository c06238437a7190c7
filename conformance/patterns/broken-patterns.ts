/** JSON of a pattern: what is in it is looked at as it is, whatever operators it uses. */
export type PatternJson = string | number | boolean | null | PatternJson[] | { readonly [key: string]: PatternJson };

export interface BrokenPattern {
  /** What was done to it, and where. */
  readonly what: string;
  readonly pattern: PatternJson;
}

/**
 * Every pattern that differs from this one by one fault: a condition lost, a text that is wrong by a character, a yes for a
 * no. Vectors that cannot tell one of these from the right pattern are too few.
 */
export function brokenPatterns(pattern: PatternJson): BrokenPattern[] {
  return broken(pattern, '', (changed) => changed);
}

function broken(at: PatternJson, path: string, rebuilt: (changed: PatternJson) => PatternJson): BrokenPattern[] {
  if (Array.isArray(at)) return brokenList(at, path, rebuilt);
  if (typeof at === 'object' && at !== null) return brokenObject(at, path, rebuilt);
  const wrong = wrongValue(at);
  return wrong === null
    ? []
    : [{ what: `${path}: ${JSON.stringify(wrong)} for ${JSON.stringify(at)}`, pattern: rebuilt(wrong) }];
}

function brokenList(
  list: readonly PatternJson[],
  path: string,
  rebuilt: (changed: PatternJson) => PatternJson,
): BrokenPattern[] {
  return list.flatMap((entry, at) => {
    const rest = list.filter((_, other) => other !== at);
    const lost = { what: `${path}[${at}]: lost`, pattern: rebuilt(rest) };
    const inside = broken(entry, `${path}[${at}]`, (changed) => rebuilt(list.with(at, changed)));
    return [...(rest.length > (path.endsWith('$or') ? 1 : 0) ? [lost] : []), ...inside];
  });
}

function brokenObject(
  object: { readonly [key: string]: PatternJson },
  path: string,
  rebuilt: (changed: PatternJson) => PatternJson,
): BrokenPattern[] {
  const keys = Object.keys(object);
  return keys.flatMap((key) => {
    const { [key]: inside = null, ...rest } = object;
    const here = path === '' ? key : `${path}.${key}`;
    const lost = { what: `${here}: lost`, pattern: rebuilt(rest) };
    const deeper = broken(inside, here, (changed) => rebuilt({ ...object, [key]: changed }));
    return [
      ...(keys.length > 1 ? [lost] : []),
      ...oneChoiceLost(key, inside, here, (only) => rebuilt({ ...rest, ...only })),
      ...deeper,
    ];
  });
}

/** A choice of two that lost one is none: what is left is simply so. */
function oneChoiceLost(
  key: string,
  choices: PatternJson,
  path: string,
  rebuilt: (only: { readonly [key: string]: PatternJson }) => PatternJson,
): BrokenPattern[] {
  if (key !== '$or' || !Array.isArray(choices) || choices.length !== 2) return [];
  return choices.map((_, at) => {
    const only = choices[1 - at];
    const fields = typeof only === 'object' && only !== null && !Array.isArray(only) ? only : {};
    return { what: `${path}[${at}]: lost`, pattern: rebuilt(fields) };
  });
}

/** Wrong by as little as can be. */
function wrongValue(value: string | number | boolean | null): PatternJson | null {
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return null;
  const last = value.search(/[^*]\**$/);
  if (last < 0) return null;
  const letter = value[last] === 'x' ? 'y' : 'x';
  return value.slice(0, last) + letter + value.slice(last + 1);
}
