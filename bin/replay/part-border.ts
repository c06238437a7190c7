const COMMA = 44;
const CLOSING = 125;
const OPENING = /^[\s,]*(\{\s*"[^"\\]{1,40}"\s*:)/;
/** White space and names of first members are shorter. */
const LONGEST_OPENING = 200;

/** Behind the last record in `bytes`, which begin between two records, that most likely ends where another begins; 0 if there is none. */
export function lastBorder(bytes: Buffer): number {
  const opening = OPENING.exec(bytes.toString('latin1', 0, LONGEST_OPENING))?.[1];
  if (opening === undefined) return 0;
  for (let at = bytes.lastIndexOf(opening); at > 0; at = bytes.lastIndexOf(opening, at - 1)) {
    const end = gapBefore(bytes, at);
    if (bytes[end - 1] === CLOSING) return end;
  }
  return bytes.lastIndexOf('}\n{') + 1;
}

/** Where the white space and commas in front of `at` begin. */
function gapBefore(bytes: Buffer, at: number): number {
  let end = at;
  while (end > 0 && isGap(bytes[end - 1] ?? 0)) end -= 1;
  return end;
}

function isGap(code: number): boolean {
  return code === COMMA || code === 32 || (code >= 9 && code <= 13);
}
