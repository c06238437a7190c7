/** `2026-09-01T00:01:02Z`, as CloudTrail writes times. */
export function isoTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
