/** An ISO time as `2026-09-14 13:41:03` (UTC). */
export function clock(iso: string): string {
  return iso.replace('T', ' ').replace('Z', '');
}

/** Epoch milliseconds as `2026-09-14 13:41:03` (UTC). */
export function moment(time: number): string {
  return clock(new Date(time).toISOString().slice(0, 19));
}

/** `14 min`, `3.2 h`, `12 d`. */
export function duration(first: string, last: string): string {
  const seconds = Math.round((Date.parse(last) - Date.parse(first)) / 1_000);
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${(seconds / 3_600).toFixed(1)} h` : `${Math.round(seconds / 86_400)} d`;
}
