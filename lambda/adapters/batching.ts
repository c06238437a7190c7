/** What became of items that were done together: faults, by the item's place. */
export type Faults = ReadonlyMap<number, unknown>;

/**
 * Does together what is asked for within one turn of the event loop. Each call resolves when its item is done, and is
 * rejected with that item's fault, or with what `doAll` throws.
 */
export function batched<Item>(doAll: (items: readonly Item[]) => Promise<Faults>): (item: Item) => Promise<void> {
  let waiting: Waiting<Item>[] = [];
  const flush = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    try {
      const faults = await doAll(batch.map(({ item }) => item));
      for (const [at, { resolve, reject }] of batch.entries()) {
        if (faults.has(at)) reject(faults.get(at));
        else resolve();
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  return (item) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ item, resolve, reject }) === 1) setImmediate(() => void flush());
    });
}

interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (fault: unknown) => void;
}

/** Parts of at most `most` items and `bytes` bytes, in order; an item that is larger stands alone. */
export function inParts<Item>(
  items: readonly Item[],
  sizeOf: (item: Item) => number,
  { most, bytes }: { readonly most: number; readonly bytes: number },
): Item[][] {
  const parts: Item[][] = [];
  let part: Item[] = [];
  let size = 0;
  for (const item of items) {
    const own = sizeOf(item);
    if (part.length > 0 && (part.length === most || size + own > bytes)) {
      parts.push(part);
      part = [];
      size = 0;
    }
    part.push(item);
    size += own;
  }
  return part.length > 0 ? [...parts, part] : parts;
}
