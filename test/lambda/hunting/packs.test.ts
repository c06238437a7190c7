import { folder, padded, type Folder } from '../../../lambda/hunting/folders';
import { gatherRun } from '../../../lambda/hunting/gather-stage';
import { fetchedAhead, packedFolders } from '../../../lambda/hunting/pack';
import { PackReader } from '../../../lambda/hunting/pack-reader';
import { writeLines } from '../../../lambda/hunting/pack-writer';
import { passesOf } from '../../../lambda/hunting/passes';
import { seededRandom } from '../../../trail-writer/random';
import { MemoryWorkStore } from './memory-work-store';

class CountingStore extends MemoryWorkStore {
  puts = 0;
  ranges = 0;

  override put(name: string, body: Uint8Array): Promise<void> {
    this.puts += 1;
    return super.put(name, body);
  }

  override range(name: string, from: number, length: number): Promise<Uint8Array> {
    this.ranges += 1;
    return super.range(name, from, length);
  }
}

async function collected(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

function writtenBy(store: MemoryWorkStore, child: number, lines: readonly (readonly [Folder, string])[]) {
  return writeLines(
    { store, stage: 'read', child: padded(child) },
    lines.map(([at, text]) => [at, text, 0] as const),
  );
}

describe('what many children write for many parts', () => {
  const CHILDREN = 300;
  const PARTS = 200;

  async function gatheredStore(): Promise<CountingStore> {
    const store = new CountingStore();
    for (let child = 0; child < CHILDREN; child += 1) {
      const parts = Array.from({ length: PARTS }, (_, part) => [folder.session(part), `${child} for ${part}`] as const);
      await writtenBy(store, child, parts);
    }
    for (const run of [2, 4, 0, 3, 1, 1]) await gatherRun('read', run, { store });
    return store;
  }

  test('is one object for each child, and one for each 64 children and 64 parts after gathering', async () => {
    const { puts } = await gatheredStore();
    expect(puts).toBe(CHILDREN + 6 * Math.ceil(PARTS / 64));
  });

  test('is read by each part with two requests for each 64 children, in their order, whole', async () => {
    const store = await gatheredStore();
    for (const part of [0, 63, 64, PARTS - 1]) {
      store.ranges = 0;
      const lines = await collected(new PackReader(store).taggedLines(folder.session(part), [0, 1]));
      expect(lines).toEqual(Array.from({ length: CHILDREN }, (_, child) => `${child} for ${part}`));
      expect(store.ranges).toBe(2 * 5);
    }
  });
});

test('an index of any length is read', async () => {
  const store = new MemoryWorkStore();
  const random = seededRandom(1);
  const names = Array.from({ length: 9_000 }, () => `known-${random.below(1e9)}-${random.below(1e9)}`).sort();
  const lines = names.map((name) => [{ name, packs: 'written/read/' }, `of ${name}`] as const);
  await writeLines({ store, stage: 'read', child: padded(0) }, lines);
  const found = await packedFolders(store, 'written/read/000000-0.pack');
  expect(found.map((one) => one.folder)).toEqual(names);
  const [first = ''] = names;
  expect(await collected(new PackReader(store).lines({ name: first, packs: 'written/read/' }))).toEqual([
    `of ${first}`,
  ]);
  expect(found[0]?.from).toBeGreaterThan(65_536);
});

test('lines beyond a megabyte are several members, and none is lost', async () => {
  const store = new MemoryWorkStore();
  const texts = Array.from({ length: 30 }, (_, at) => `${at} ${'x'.repeat(999_999)}`);
  await writtenBy(
    store,
    0,
    texts.map((text) => [folder.session(0), text]),
  );
  const [packed] = await packedFolders(store, 'written/read/000000-0.pack');
  expect(packed?.members.length).toBeGreaterThan(1);
  await gatherRun('read', 0, { store });
  expect(await collected(new PackReader(store).taggedLines(folder.session(0), [0, 256]))).toEqual(texts);
});

describe('a part that is larger than memory', () => {
  async function passesWith(megabytes: number) {
    const store = new MemoryWorkStore();
    const lines = Array.from({ length: 256 }, (_, tag) => [folder.session(0), 'x'.repeat(9_999), tag] as const);
    await writeLines({ store, stage: 'read', child: padded(0) }, lines);
    await gatherRun('read', 0, { store });
    return {
      store,
      passes: await passesOf(0, { own: [folder.session(0)], shared: [] }, new PackReader(store), megabytes),
    };
  }

  test('is taken in more passes the less memory there is', async () => {
    const counts = [];
    for (const megabytes of [3_008, 410, 403, 400]) counts.push((await passesWith(megabytes)).passes.length);
    expect(counts[0]).toBe(1);
    expect(counts).toEqual(counts.toSorted((one, other) => one - other));
    expect(counts.at(-1)).toBe(256);
  });

  test('leaves room for what each pass takes as a whole', async () => {
    const { store } = await passesWith(403);
    const countOf = async (shared: readonly Folder[]): Promise<number> =>
      (await passesOf(0, { own: [folder.session(0)], shared }, new PackReader(store), 415)).length;
    expect(await countOf([folder.session(0)])).toBeGreaterThan(await countOf([]));
  });

  test('each line is in one pass', async () => {
    const { store, passes } = await passesWith(403);
    const sizes = [];
    for (const { part, tags } of passes)
      sizes.push((await collected(new PackReader(store).taggedLines(folder.session(part), tags))).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(256);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });
});

test('what is fetched ahead comes in order, and its errors where it is awaited', async () => {
  const slow = async (item: number): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, (item * 7) % 5));
    if (item === 21) throw new Error('not there');
    return item;
  };
  const found: number[] = [];
  const all = async (): Promise<void> => {
    for await (const item of fetchedAhead([...Array(30).keys()], slow)) found.push(item);
  };
  await expect(all()).rejects.toThrow('not there');
  expect(found).toEqual([...Array(21).keys()]);
});
