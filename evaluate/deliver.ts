import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Random } from '../trail-writer/random';
import { isoTime, type TrailRecord } from '../trail-writer/record';
import { shuffled } from './organization';

const MINUTE = 60_000;
/** Records that arrive within it share a file. */
const WINDOW = 30 * MINUTE;
const SHARE_HOURS_LATE = 0.03;
const SHARE_TWICE = 0.1;

export interface DeliveredFile {
  readonly name: string;
  readonly records: readonly TrailRecord[];
}

/** As CloudTrail delivers: minutes late, a few by hours; some records twice; no order; a file per account, Region and time. */
export function deliver(records: readonly TrailRecord[], random: Random): DeliveredFile[] {
  const files = new Map<string, TrailRecord[]>();
  const put = (record: TrailRecord): void => {
    const late = random.chance(SHARE_HOURS_LATE) ? random.below(300) : 0;
    const arrival = Math.ceil((record.time + (1 + random.below(10) + late) * MINUTE) / WINDOW) * WINDOW;
    const stamp = `${isoTime(arrival).slice(0, 16).replace(/[-:]/g, '')}Z`;
    const name = `${record.account}_CloudTrail_${record.region}_${stamp}.json.gz`;
    const held = files.get(name) ?? [];
    held.push(record);
    files.set(name, held);
  };
  for (const record of records) {
    put(record);
    if (random.chance(SHARE_TWICE)) put(record);
  }
  return shuffled([...files.entries()], random).map(([name, held]) => ({ name, records: shuffled(held, random) }));
}

export function writeFiles(folder: string, files: readonly DeliveredFile[]): void {
  mkdirSync(folder, { recursive: true });
  for (const { name, records } of files)
    writeFileSync(
      join(folder, name),
      gzipSync(JSON.stringify({ Records: records.map(({ json }) => json) }), { level: 1 }),
    );
}
