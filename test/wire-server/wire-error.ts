/** A refusal in a service's own words; each protocol writes it in its own form. */
export class WireError extends Error {
  /**
   * @param code the error code the service's API reference gives
   * @param status the HTTP status, 400 unless told
   * @param queryCode the code of the older query protocol, which SQS sends beside its JSON (`x-amzn-query-error`)
   */
  constructor(
    readonly code: string,
    message: string,
    readonly status: number = 400,
    readonly queryCode: string = code,
  ) {
    super(message);
    this.name = 'WireError';
  }
}

/** What AWS can do and this server cannot: said aloud, so that no test passes on something that was silently ignored. */
export function unmodelled(what: string): WireError {
  return new WireError('NotImplemented', `the wire server does not model ${what}`, 501);
}

/** Refuses every member of `value` that is set and not among `names`. */
export function refuseUnmodelled(value: object, names: readonly string[], where: string): void {
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined || names.includes(name)) continue;
    throw unmodelled(`${where}.${name} (modelled: ${names.join(', ')})`);
  }
}
