/** Index of the last of some items in time order that is not after a time; -1 if all are. */
export function lastUntil(items: readonly { readonly time: number }[], time: number): number {
  return countUntil(items.length, (at) => items[at]?.time, time) - 1;
}

/** How many of `length` ascending times are not after a time. */
export function countUntil(length: number, timeAt: (index: number) => number | undefined, time: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timeAt(middle) ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
