/**
 * What the rules of a deployment match, as plain data: the same for the hub, the members and the tests. Nothing in a
 * pattern names a partition or a Region.
 */
/** A condition on one field, in EventBridge's own words. A list of them is true where one is. */
export type Condition =
  | string
  | boolean
  | { readonly exists: boolean }
  | { readonly prefix: string }
  | { readonly suffix: string }
  | { readonly wildcard: string }
  | { readonly 'anything-but': { readonly wildcard: readonly string[] } };

/** What is to hold of an object of the event: for each field named, one of its conditions; of `$or`, one entry. */
export interface Fields {
  readonly [field: string]: readonly Condition[] | readonly Fields[] | Fields;
}
