/** Calls are counted exactly up to this many. */
const MOST = 200;

/** How many distinct calls there were, by their event ids: exact up to a bound, whatever order and how often they come. */
export class DistinctCalls {
  private readonly ids = new Set<number>();
  more = false;
  first = Infinity;
  last = 0;

  add(id: string, time: number): void {
    this.first = Math.min(this.first, time);
    this.last = Math.max(this.last, time);
    const digest = digestOf(id);
    if (this.ids.has(digest)) return;
    if (this.ids.size < MOST) this.ids.add(digest);
    else this.more = true;
  }

  get count(): number {
    return this.ids.size;
  }
}

/** 53 bits are enough to distinguish ids, and take less memory than the ids. */
function digestOf(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b) ^ (low >>> 13);
  }
  return (high >>> 0) * 0x200000 + (low >>> 11);
}
