import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { seededRandom } from '../../bench/random';
import { parseIpRanges, type IpRanges } from '../../lambda/detection/ip-ranges';
import { parseSettings } from '../../lambda/detection/parse-settings';
import { readRecord } from '../../lambda/detection/read-record';
import { isTooOldToJudge } from '../../lambda/detection/retention';
import type { Settings } from '../../lambda/detection/settings';
import { allScenarios, ipRangesOf, type NamedScenario } from '../scenario';
import type { Story } from './live-run';

const DEMO = join(__dirname, '../../demo');

export function storyOf({ records, settings, ipRanges }: NamedScenario): Story {
  return { records, settings: settingsOf(settings ?? {}), ipRanges: ipRangesOf(ipRanges) };
}

export function storyNamed(name: string): Story {
  const scenario = allScenarios().find((one) => one.name === name);
  if (!scenario) throw new Error(`there is no scenario ${name}`);
  return storyOf(scenario);
}

/** The organisation's day of `demo/`, in the order of its files. */
export function demoStory(): Story {
  const files = readdirSync(join(DEMO, 'trail'), { recursive: true, encoding: 'utf8' }).sort();
  const records = files
    .filter((name) => name.endsWith('.json.gz'))
    .flatMap((name) => recordsIn(gunzipSync(readFileSync(join(DEMO, 'trail', name))).toString()));
  const settings = settingsOf(json(readFileSync(join(DEMO, 'credlock.json'), 'utf8')));
  return { records, settings, ipRanges: rangesIn(readFileSync(join(DEMO, 'ip-ranges.json'), 'utf8')) };
}

/**
 * Records of several scenarios that know nothing of each other, mostly of one kind, some of them lost: accounts, addresses
 * and sessions meet that were never thought of together. Judged by the settings of one of them.
 */
export function mixedStory(seed: number, size: number): Story {
  const random = seededRandom(seed * 7_919);
  const all = allScenarios();
  const [kin] = random.pick(all).name.split('-');
  const alike = all.filter(({ name }) => name.startsWith(`${kin ?? ''}-`));
  const chosen = Array.from({ length: size }, () => random.pick(random.chance(0.5) ? alike : all));
  const judgedBy = random.pick(chosen);
  const settings = settingsOf({ serviceCallerFindings: random.chance(0.3), ...judgedBy.settings });
  const kept = chosen.flatMap(({ records }) => records).filter(() => random.chance(0.85));
  const newest = Math.max(0, ...kept.map(timeOf));
  // Scenarios play in different years; what is too old is skipped live, and replay tells of it once more.
  const records = kept.filter((record) => !isTooOldToJudge(timeOf(record), newest, settings.retentionDays));
  return { records, settings, ipRanges: ipRangesOf(judgedBy.ipRanges) };
}

function timeOf(value: unknown): number {
  const reading = readRecord(value);
  return 'skip' in reading ? 0 : reading.record.time;
}

function settingsOf(value: object): Settings {
  const parsed = parseSettings(value);
  if ('faults' in parsed) throw new Error(parsed.faults.join('; '));
  return parsed.settings;
}

function rangesIn(text: string): IpRanges {
  const parsed = parseIpRanges(json(text));
  if ('fault' in parsed) throw new Error(parsed.fault);
  return parsed.ranges;
}

function recordsIn(text: string): readonly unknown[] {
  return (json(text) as { readonly Records?: readonly unknown[] }).Records ?? [];
}

function json(text: string): object {
  return JSON.parse(text) as object;
}
