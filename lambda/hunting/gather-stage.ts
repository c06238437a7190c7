import { padded } from './folders';
import type { HuntContext } from './hunt-context';
import { fetchedAhead, packedFolders, packOf, type Member, type PackedFolder } from './pack';
import { gatheredPacks, packName, runOf, writtenPacks } from './pack-names';
import type { WorkStore } from './work-store';

/** Bytes of members in memory. */
const MOST_BYTES = 64_000_000;

/**
 * Writes the packs of many children of a stage again, the folders of neighbouring parts together: otherwise each part would
 * fetch something from every child. Members are copied as they are.
 */
export async function gatherRun(stage: string, run: number, { store }: Pick<HuntContext, 'store'>): Promise<void> {
  const packs = await store.list(writtenPacks(stage));
  await gather(
    stage,
    packs.filter((pack) => runOf(pack) === run),
    padded(run),
    store,
  );
}

/** The same of all children: for small packs with what all parts read. */
export async function gatherAll(stage: string, { store }: Pick<HuntContext, 'store'>): Promise<void> {
  await gather(stage, await store.list(writtenPacks(stage)), padded(0), store);
}

async function gather(stage: string, packs: readonly string[], child: string, store: WorkStore): Promise<void> {
  const gathered = new Map<string, PackedFolder[]>();
  for await (const folders of fetchedAhead(packs, (pack) => packedFolders(store, pack)))
    for (const found of folders) {
      const into = gatheredPacks(stage, found.folder);
      const known = gathered.get(into);
      if (known) known.push(found);
      else gathered.set(into, [found]);
    }
  for (const [into, found] of gathered) {
    let packed = 0;
    for (const some of portionsOf(found)) {
      await store.put(packName(into, child, packed), packOf(await membersOf(some, store)));
      packed += 1;
    }
  }
}

/** In the order of folders. */
function* portionsOf(found: readonly PackedFolder[]): Generator<readonly PackedFolder[]> {
  let portion: PackedFolder[] = [];
  let size = 0;
  for (const one of found.toSorted(byFolder)) {
    const added = sizeOf(one);
    if (portion.length > 0 && size + added > MOST_BYTES) {
      yield portion;
      portion = [];
      size = 0;
    }
    portion.push(one);
    size += added;
  }
  yield portion;
}

/** What a pack has of some folders is in one piece, as they are in order. */
async function membersOf(
  found: readonly PackedFolder[],
  store: WorkStore,
): Promise<ReadonlyMap<string, readonly Member[]>> {
  const byPack = new Map<string, PackedFolder[]>();
  for (const one of found) byPack.set(one.pack, [...(byPack.get(one.pack) ?? []), one]);
  const members = new Map<string, Member[]>();
  const fetched = fetchedAhead([...byPack], async ([pack, ofPack]) => {
    const start = ofPack[0]?.from ?? 0;
    const length = ofPack.reduce((sum, one) => sum + sizeOf(one), 0);
    return { ofPack, start, bytes: await store.range(pack, start, length) };
  });
  for await (const { ofPack, start, bytes } of fetched)
    for (const { folder, from, members: sizes } of ofPack) {
      const into = members.get(folder) ?? [];
      members.set(folder, into);
      let at = from - start;
      for (const { size, textSize } of sizes) {
        into.push({ bytes: bytes.subarray(at, at + size), textSize });
        at += size;
      }
    }
  return members;
}

function byFolder(one: PackedFolder, other: PackedFolder): number {
  return one.folder < other.folder ? -1 : Number(one.folder > other.folder);
}

function sizeOf({ members }: PackedFolder): number {
  return members.reduce((sum, { size }) => sum + size, 0);
}
