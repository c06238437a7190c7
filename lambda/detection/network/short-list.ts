/** The distinct members of a short list, which takes a fraction of a set's memory, and one more. */
export function withOne<T>(list: readonly T[], one: T): readonly T[] {
  return list.includes(one) ? list : [...list, one];
}

export function without<T>(list: readonly T[], one: T): readonly T[] {
  return list.filter((other) => other !== one);
}
