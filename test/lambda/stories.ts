import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { seededRandom } from '../../trail-writer/random';
import { readRecord } from '../../lambda/detection/records/read-record';
import { isTooOldToJudge } from '../../lambda/detection/facts/retention';
import { trailScenarios, type NamedScenario } from '../scenario';
import type { Story } from './live-run';
import { settingsOf, storyWith } from './story';

const DEMO = join(__dirname, '../../demo');
/** `test/ip-ranges.json`. */
export const DEFAULT_RANGES = json(readFileSync(join(__dirname, '../ip-ranges.json'), 'utf8'));

export function storyOf({ records, settings, ipRanges }: NamedScenario): Story {
  return storyWith(records, settings ?? {}, ipRanges === 'default' ? DEFAULT_RANGES : ipRanges);
}

export function storyNamed(name: string): Story {
  const scenario = trailScenarios().find((one) => one.name === name);
  if (!scenario) throw new Error(`there is no scenario ${name}`);
  return storyOf(scenario);
}

/** The organisation's day of `demo/`, in the order of its files. */
export function demoStory(): Story {
  const files = readdirSync(join(DEMO, 'trail'), { recursive: true, encoding: 'utf8' }).sort();
  const records = files
    .filter((name) => name.endsWith('.json.gz'))
    .flatMap((name) => recordsIn(gunzipSync(readFileSync(join(DEMO, 'trail', name))).toString()));
  return storyWith(records, fileIn('credlock.json'), fileIn('ip-ranges.json'));
}

/**
 * Records of several unrelated scenarios, half of them of one theme, some records lost, so that accounts, addresses and
 * sessions of different scenarios meet. Judged by the settings of one of them.
 */
export function mixedStory(seed: number, size: number): Story {
  const random = seededRandom(seed * 7_919);
  const all = trailScenarios();
  const [theme] = random.pick(all).name.split('/');
  const alike = all.filter(({ name }) => name.startsWith(`${theme ?? ''}/`));
  const chosen = Array.from({ length: size }, () => random.pick(random.chance(0.5) ? alike : all));
  const judgedBy = random.pick(chosen);
  const written = { serviceCallerFindings: random.chance(0.3), ...judgedBy.settings };
  const { retentionDays } = settingsOf(written);
  const kept = chosen.flatMap(({ records }) => records).filter(() => random.chance(0.85));
  const newest = Math.max(0, ...kept.map(timeOf));
  // Scenarios take place in different years; the live path skips what is too old, and replay would report it.
  const records = kept.filter((record) => !isTooOldToJudge(timeOf(record), newest, retentionDays));
  return storyWith(records, written, judgedBy.ipRanges === 'default' ? DEFAULT_RANGES : judgedBy.ipRanges);
}

function timeOf(value: unknown): number {
  const reading = readRecord(value);
  return 'skip' in reading ? 0 : reading.record.time;
}

function recordsIn(text: string): readonly unknown[] {
  return (json(text) as { readonly Records?: readonly unknown[] }).Records ?? [];
}

function fileIn(name: string): object {
  return json(readFileSync(join(DEMO, name), 'utf8'));
}

function json(text: string): object {
  return JSON.parse(text) as object;
}
