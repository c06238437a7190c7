import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ipRanges } from '../../evaluate/address-book';
import type { Workshop } from '../workshop';
import { incidentFiles } from './incident';
import type { Documents } from './outputs';

/** A trail in a folder, and the month that has it in the bucket. */
export interface DataSet {
  /** Of the hunt. */
  readonly name: string;
  readonly trail: string;
  readonly config: string;
  readonly ipRanges: string;
  readonly from: string;
  readonly to: string;
  /** Whether the hunt stores facts, besides publishing. */
  readonly storesFacts: boolean;
}

/** The trail of the demo. */
export function demo({ root }: Workshop): DataSet {
  const folder = join(root, 'demo');
  const files = { config: join(folder, 'credlock.json'), ipRanges: join(folder, 'ip-ranges.json') };
  return {
    name: 'demo',
    trail: join(folder, 'trail'),
    ...files,
    from: '2026-09-01',
    to: '2026-10-01',
    storesFacts: true,
  };
}

/** The trail of an incident, which is written. */
export async function incident({ cache }: Workshop): Promise<DataSet> {
  const folder = join(cache, 'hunt-incident');
  await rm(folder, { recursive: true, force: true });
  for (const { path, text } of incidentFiles()) {
    const file = join(folder, 'trail', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, gzipSync(text));
  }
  const files = { config: join(folder, 'credlock.json'), ipRanges: join(folder, 'ip-ranges.json') };
  await writeFile(files.config, '{}');
  await writeFile(files.ipRanges, JSON.stringify(ipRanges()));
  return {
    name: 'incident',
    trail: join(folder, 'trail'),
    ...files,
    from: '2026-10-01',
    to: '2026-11-01',
    storesFacts: false,
  };
}

/** Paths. */
export async function logFilesOf(trail: string): Promise<string[]> {
  const names = await readdir(trail, { recursive: true });
  return names.filter((name) => /\/CloudTrail\/.*\.json\.gz$/.test(name)).map((name) => join(trail, name));
}

/** As a deployment keeps them. */
export async function documentsOf({
  config,
  ipRanges: ranges,
}: Pick<DataSet, 'config' | 'ipRanges'>): Promise<Documents> {
  const settings = (await readFile(config, 'utf8')).replaceAll(/^[ \t]*\/\/.*$/gm, '');
  return { settings, ipRanges: await readFile(ranges, 'utf8') };
}
