/** The name in the first bytes of a DNS query, in which agents show unprintable bytes as dots. */
const IN_QUERY = /(?:[a-z\d_-]{1,63}\.)+[a-z]{2,24}(?![a-z\d-])/i;
/** The host of a URL, without what signs in there. */
const IN_URL = /:\/\/(?:[^\s/@]*@)?((?:[a-z\d_-]{1,63}\.)+[a-z]{2,24})(?![a-z\d.-])/i;
/** Agents cut both long before. */
const LONGEST = 8_192;

/** The domain that a DNS query asks for, or else the host of the first URL in a command line; null where there is none. */
export function domainIn(query: unknown, commandLine: unknown): string | null {
  const asked = typeof query === 'string' ? IN_QUERY.exec(query.slice(0, LONGEST))?.[0] : null;
  const named = typeof commandLine === 'string' ? IN_URL.exec(commandLine.slice(0, LONGEST))?.[1] : null;
  const domain = asked ?? named ?? null;
  return domain === null || domain.length > 253 ? null : domain.toLowerCase();
}
