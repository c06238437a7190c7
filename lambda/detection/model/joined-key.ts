/** The parts of a key of a map as one text. V8 would keep the parts of a template beside their sum. */
export function joinedKey(...parts: readonly (string | null)[]): string {
  return parts.join(' ');
}
