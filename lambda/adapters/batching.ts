/** Errors of the items of a batch, by index. */
export type Faults = ReadonlyMap<number, unknown>;

/**
 * Collects the items of one turn of the event loop into a batch. Each call resolves when its item is done, and rejects with
 * that item's error or with the error that `doAll` throws.
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

/** Parts of at most `most` items and `bytes` bytes, in order; a larger item gets a part of its own. */
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
