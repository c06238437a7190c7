/** The outcome of reading what people or other systems write: the value, or every fault in it as a sentence for them. */
export type Result<Value> = { readonly value: Value } | { readonly faults: readonly string[] };

/** The value; throws with every fault where there is none. */
export function valueOf<Value>(result: Result<Value>): Value {
  if ('faults' in result) throw new Error(result.faults.join('; '));
  return result.value;
}
