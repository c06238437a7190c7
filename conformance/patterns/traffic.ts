import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { trailRecords } from '../../bench/generate-trail';
import type { TrailShape } from '../../bench/trail-world';
import { DEFAULT_WORKLOADS, kindsNamed } from '../../lambda/detection/kinds/all-kinds';
import { matchAll } from '../event-ruler/event-ruler';
import type { Workshop } from '../workshop';
import { isOutOfSight } from './check-needs';
import { observedIn } from './patterns-under-test';
import { SHOP, type TrailRecord } from './record-shapes';
import { eventOf } from '../../trail-writer/event';
import { relevanceTo, type Relevance } from './relevance';

export interface TrafficReport {
  /** A table for each trail. */
  readonly details: readonly string[];
  readonly faults: readonly string[];
}

interface Traffic {
  readonly name: string;
  readonly records: readonly TrailRecord[];
}

/** More of one trail is left out: a share needs no more. */
const MOST_RECORDS = 40_000;

/**
 * What the patterns let through of whole trails: every record that matters, and how much else. The trails are a made-up
 * organisation's, those of the scenarios, and any that are named.
 */
export async function checkTraffic(workshop: Workshop, paths: readonly string[]): Promise<TrafficReport> {
  const trails = [madeUp(), await ofScenarios(workshop), ...(await Promise.all(paths.map(trailAt)))];
  const reports: TrafficReport[] = [];
  for (const traffic of trails) reports.push(await measure(workshop, traffic));
  return {
    details: reports.flatMap(({ details }) => details),
    faults: reports.flatMap(({ faults }) => faults),
  };
}

/** Shares as in the public trails that name all their callers: mostly services and people, few workloads. */
const MADE_UP: TrailShape = {
  seed: 5,
  records: 10_000,
  days: 2,
  workloads: 60,
  accounts: 6,
  workloadsPerNat: 10,
  originsOfOneSession: 20,
  thefts: 2,
  judged: 0.08,
  assumedRole: 0.3,
  changes: 0.01,
  duplicates: 0,
  recordsPerFile: 1_000,
};

function madeUp(): Traffic {
  const records = [...trailRecords(MADE_UP)].map((text) => JSON.parse(text) as TrailRecord);
  return { name: 'a made-up organisation', records };
}

async function ofScenarios({ root }: Workshop): Promise<Traffic> {
  const folder = join(root, 'test/scenarios');
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.json'));
  const texts = await Promise.all(files.sort().map((file) => readFile(join(folder, file), 'utf8')));
  const records = texts.flatMap((text) => (JSON.parse(text) as { readonly records: readonly TrailRecord[] }).records);
  return { name: `the tests' ${files.length} scenarios`, records };
}

async function trailAt(path: string): Promise<Traffic> {
  const records: TrailRecord[] = [];
  for (const file of await logFiles(path)) {
    const bytes = await readFile(file);
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    const { Records: found } = JSON.parse(text) as { readonly Records?: readonly TrailRecord[] };
    if (!Array.isArray(found)) throw new Error(`${file} holds no list "Records"`);
    for (const record of found) if (records.length < MOST_RECORDS) records.push(record);
  }
  return { name: path, records };
}

async function logFiles(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { recursive: true });
  const files = entries.filter((entry) => /\.json(?:\.gz)?$/.test(entry) && !entry.includes('CloudTrail-Digest'));
  return files.sort().map((entry) => join(path, entry));
}

async function measure(workshop: Workshop, { name, records }: Traffic): Promise<TrafficReport> {
  const relevance = records.map((record) => relevanceTo(kindsNamed(DEFAULT_WORKLOADS), record));
  const usual = observedIn('usual');
  const all = observedIn('forwardAll').filter((pattern) => !usual.some((one) => one.name === pattern.name));
  const verdicts = await matchAll(
    workshop,
    records.map((record) => ({ ...eventOf(record), account: SHOP })),
    [...usual, ...all].map(({ pattern }) => pattern),
  );
  const matched = verdicts.map((verdict) => new Set('matches' in verdict ? verdict.matches : []));
  const byUsual = new Set(matched.slice(0, usual.length).flatMap((positions) => [...positions]));
  const byAll = new Set(matched.flatMap((positions) => [...positions]));
  const missed = records.flatMap((record, at) => {
    const carried = relevance[at] === 'named' ? byUsual : byAll;
    return relevance[at] === 'nothing' || carried.has(at) || isOutOfSight(record) ? [] : [record];
  });
  const actions = countedBy(missed, ({ eventSource, eventName }) => `${String(eventSource)} ${String(eventName)}`);
  return {
    details: [
      heading(name, relevance),
      ...usual.map(({ name: of }, at) => row(of, matched[at] ?? new Set(), relevance)),
      row('all of these', byUsual, relevance),
      row('with forwardAll', byAll, relevance),
    ],
    faults: actions.map(([action, count]) => `${name}: no rule carries ${count} records of ${action}`),
  };
}

const COLUMNS: readonly Relevance[] = ['named', 'unnamed', 'nothing'];

function heading(name: string, relevance: readonly Relevance[]): string {
  const counts = COLUMNS.map((column) => relevance.filter((one) => one === column).length);
  return (
    `${name}: ${relevance.length} records, of them ${counts[0]} that matter, ` +
    `${counts[1]} of other role sessions, ${counts[2]} irrelevant. Let through of each:`
  );
}

function row(name: string, matched: ReadonlySet<number>, relevance: readonly Relevance[]): string {
  const shares = COLUMNS.map((column) => {
    const positions = relevance.flatMap((one, at) => (one === column ? [at] : []));
    const through = positions.filter((at) => matched.has(at)).length;
    return positions.length === 0 ? '-' : `${((100 * through) / positions.length).toFixed(2)} %`;
  });
  return `  ${name.padEnd(18)}${shares.map((share) => share.padStart(12)).join('')}`;
}

function countedBy<Item>(items: readonly Item[], key: (item: Item) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
