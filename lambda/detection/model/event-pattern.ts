/** A condition on one field of an event, as EventBridge writes it. A list of conditions holds where one of them does. */
export type Condition =
  | string
  | boolean
  | { readonly exists: boolean }
  | { readonly prefix: string }
  | { readonly suffix: string }
  | { readonly wildcard: string }
  | { readonly 'anything-but': { readonly wildcard: readonly string[] } };

/**
 * An EventBridge pattern for an object of an event: for each field named, one of its conditions must hold; of `$or`, one
 * entry. No pattern names a partition or a Region.
 */
export interface Fields {
  readonly [field: string]: readonly Condition[] | readonly Fields[] | Fields;
}
