/**
 * True if DynamoDB will refuse the same request each time: an item over 400 KB or a key that is too long (API reference,
 * `ValidationException`). All other errors, a missing permission too, may be temporary.
 */
export function isForever(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationException';
}
