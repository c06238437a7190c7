/** Orders texts by their code units, as `sort` does by itself. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
