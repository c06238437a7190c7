/**
 * Whether DynamoDB will refuse the same request each time: an item over 400 KB or a key over its length (API reference,
 * `ValidationException`). Everything else, a missing permission too, may be otherwise next time.
 */
export function isForever(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException';
}
