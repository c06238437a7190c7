import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Random } from '../trail-writer/random';
import { seededRandom } from '../trail-writer/random';
import { RecordWriter } from './trail-records';
import type { TrailShape, World } from './trail-world';
import { buildWorld, ipRanges, TRAIL_START } from './trail-world';

const HOUR = 3_600_000;
/** Keys are issued anew before they expire. */
const ISSUE_EVERY = 6 * HOUR;
/** Files open at once: a record lands in any of them, so that files overlap in time as CloudTrail's do. */
const OPEN_FILES = 16;

export interface Trail {
  /** Holds the gzipped log files and nothing else. */
  readonly folder: string;
  readonly ipRanges: string;
  readonly files: number;
  /** Duplicates included. */
  readonly records: number;
  readonly bytes: number;
  readonly gzippedBytes: number;
  /** Instance ids whose theft is planted. */
  readonly stolen: readonly string[];
}

/**
 * The records of a trail in the order of their hours, shuffled inside an hour: JSON texts without a line break. Memory
 * grows with workloads, not with records.
 */
export function* trailRecords(shape: TrailShape): Generator<string> {
  const random = seededRandom(shape.seed);
  const world = buildWorld(shape, random);
  const writer = new RecordWriter(random);
  const hours = shape.days * 24;
  const perHour = shape.records / hours;
  let owed = 0;
  for (let hour = 0; hour < hours; hour += 1) {
    const scheduled = scheduledRecords({ shape, world, writer, random, hour });
    yield* scheduled;
    for (owed += perHour - scheduled.length; owed >= 1; owed -= 1)
      yield randomRecord({ shape, world, writer, random, hour });
  }
}

/** Writes a trail, or finds the one written before with the same shape; `folder` is created. */
export async function generateTrail(folder: string, shape: TrailShape): Promise<Trail> {
  const manifest = join(folder, 'manifest.json');
  const wanted = JSON.stringify(shape);
  const found = await readFile(manifest, 'utf8').catch(() => null);
  if (found !== null) {
    const kept = JSON.parse(found) as { shape: TrailShape; trail: Trail };
    if (JSON.stringify(kept.shape) === wanted) return kept.trail;
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'trail'), { recursive: true });
  const ranges = join(folder, 'ip-ranges.json');
  await writeFile(ranges, JSON.stringify(ipRanges()));
  const sizes = await writeFiles(join(folder, 'trail'), shape);
  const world = buildWorld(shape, seededRandom(shape.seed));
  const trail: Trail = {
    folder: join(folder, 'trail'),
    ipRanges: ranges,
    ...sizes,
    stolen: [...world.thefts.map((theft) => theft.instance.id), ...(world.wide ? [world.wide.id] : [])],
  };
  await writeFile(manifest, JSON.stringify({ shape, trail }, null, 2));
  return trail;
}

interface Hour {
  readonly shape: TrailShape;
  readonly world: World;
  readonly writer: RecordWriter;
  readonly random: Random;
  readonly hour: number;
}

/** What has its time: NAT gateways, launches, issuances, thefts, and the session that is used from everywhere. */
function scheduledRecords({ shape, world, writer, random, hour }: Hour): string[] {
  const start = TRAIL_START + hour * HOUR;
  const records: string[] = [];
  if (hour === 0) {
    for (const network of world.networks) records.push(...writer.natGateway(network, start + random.below(120_000)));
    for (const instance of world.instances)
      records.push(writer.runInstances(instance, start + 240_000 + random.below(240_000)));
  }
  for (const instance of world.instances) {
    if ((hour * HOUR) % ISSUE_EVERY !== 0) continue;
    instance.keys = [`ASIA${random.upper(16)}`, `ASIA${random.upper(16)}`];
    instance.issued = start + instance.phase;
    records.push(...writer.issue(instance, instance.issued));
    records.push(writer.instanceCall(instance, instance.issued + 1000, instance.network.address));
  }
  for (const theft of world.thefts) {
    if (theft.hour !== hour) continue;
    for (let call = 0; call < 5; call += 1) {
      records.push(writer.instanceCall(theft.instance, start + 1_800_000 + call * 60_000, theft.address));
    }
  }
  if (world.wide) {
    const each = shape.originsOfOneSession / (shape.days * 24);
    for (let at = Math.floor(each * hour); at < Math.floor(each * (hour + 1)); at += 1) {
      const address = `62.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;
      records.push(writer.instanceCall(world.wide, start + 1_800_000 + random.below(1_700_000), address));
    }
  }
  records.push(...restarts({ shape, world, writer, random, hour }));
  return records;
}

/** Each is a stop, a start, and a call from another address. */
function* restarts({ shape, world, writer, hour }: Hour): Generator<string> {
  const [instance] = world.instances;
  const { restarts: count = 0, days } = shape;
  if (!instance || count === 0) return;
  const step = (days * 24 * HOUR) / count;
  const first = Math.ceil((hour * HOUR) / step);
  for (let at = first; at * step < (hour + 1) * HOUR; at += 1) {
    const time = TRAIL_START + at * step;
    yield writer.power('StopInstances', instance, time);
    yield writer.power('StartInstances', instance, time + step / 4);
    yield writer.instanceCall(instance, time + step / 2, `52.200.${(at >> 8) & 255}.${at & 255}`);
  }
}

function randomRecord({ shape, world, writer, random, hour }: Hour): string {
  // After minute 21 of the hour: then every instance has the keys of that hour.
  const time = TRAIL_START + hour * HOUR + 1_260_000 + random.below(HOUR - 1_260_000);
  const account = random.pick(world.accounts);
  let draw = random.next();
  if ((draw -= shape.judged) < 0) {
    const instance = random.pick(world.instances);
    return writer.instanceCall(instance, time, instance.network.address);
  }
  if ((draw -= shape.assumedRole) < 0) return writer.assumedRoleCall(account, time);
  if ((draw -= shape.changes) < 0) return writer.change(account, time);
  return writer.otherCall(account, time);
}

async function writeFiles(
  folder: string,
  shape: TrailShape,
): Promise<{ files: number; records: number; bytes: number; gzippedBytes: number }> {
  const random = seededRandom(shape.seed + 1);
  const open: string[][] = Array.from({ length: OPEN_FILES }, () => []);
  const sizes = { files: 0, records: 0, bytes: 0, gzippedBytes: 0 };
  const put = async (record: string): Promise<void> => {
    const file = random.below(OPEN_FILES);
    const records = open[file] ?? [];
    records.push(record);
    // Files differ in size, as they do in a trail.
    if (records.length < shape.recordsPerFile || random.chance(0.9)) return;
    open[file] = [];
    await write(records);
  };
  const write = async (records: string[]): Promise<void> => {
    if (records.length === 0) return;
    shuffle(records, random);
    const text = Buffer.from(`{"Records":[${records.join(',')}]}`);
    const zipped = await promisify(gzip)(text);
    const name = `111122223333_CloudTrail_eu-west-1_20260803T${String(sizes.files).padStart(4, '0')}Z_${random.hex(16)}.json.gz`;
    // The name begins with the random part, so that reading files by name is not reading them by time.
    await writeFile(join(folder, `${name.slice(-24, -8)}_${name}`), zipped);
    sizes.files += 1;
    sizes.records += records.length;
    sizes.bytes += text.length;
    sizes.gzippedBytes += zipped.length;
  };
  for (const record of trailRecords(shape)) {
    await put(record);
    if (random.chance(shape.duplicates)) await put(record);
  }
  for (const records of open) await write(records);
  return sizes;
}

function shuffle(items: string[], random: Random): void {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const item = items[last];
    const swapped = items[other];
    if (item === undefined || swapped === undefined) return;
    items[last] = swapped;
    items[other] = item;
  }
}
