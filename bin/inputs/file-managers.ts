const NAMES = /(?:^|[/\\])(?:__MACOSX(?:[/\\]|$)|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i;
/** Of `._name` files and `.DS_Store`, in hexadecimal. */
const MARKS = ['00051607', '0000000142756431'];

/** True for what file managers write beside files, by its path. */
export function isOfFileManager(path: string): boolean {
  return NAMES.test(path);
}

/** True for what file managers write beside files, by its first bytes. */
export function isFromFileManager(head: Buffer): boolean {
  const hex = head.toString('hex', 0, 8);
  return MARKS.some((mark) => hex.startsWith(mark));
}
