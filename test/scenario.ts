import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { detect, type Detection } from '../lambda/detection/detect';
import { FactSet } from '../lambda/detection/facts/fact-set';
import type { Finding } from '../lambda/detection/model/finding';
import { parseIpRanges, type IpRanges } from '../lambda/detection/model/ip-ranges';
import { originText } from '../lambda/detection/model/origin';
import { parseSettings } from '../lambda/detection/parse-settings';
import { readInto } from '../lambda/detection/records/read-facts';
import { valueOf } from '../lambda/detection/model/result';

export interface Expected {
  readonly type: string;
  readonly severity: string;
  readonly workload: string | null;
  readonly origin: string | null;
  readonly contested?: boolean;
}

export interface Scenario {
  readonly story: string;
  readonly covers: readonly string[];
  readonly twin?: string;
  readonly settings?: Record<string, unknown>;
  readonly ipRanges: 'default' | null | object;
  readonly records: readonly unknown[];
  readonly expect: readonly Expected[];
}

export interface NamedScenario extends Scenario {
  readonly name: string;
}

const FOLDER = join(__dirname, 'scenarios');

export function allScenarios(): NamedScenario[] {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => ({
    name: file.slice(0, -5),
    ...(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Scenario),
  }));
}

export function ipRangesOf(choice: Scenario['ipRanges']): IpRanges | null {
  if (choice === null) return null;
  const json: unknown =
    choice === 'default' ? JSON.parse(readFileSync(join(__dirname, 'ip-ranges.json'), 'utf8')) : choice;
  return valueOf(parseIpRanges(json));
}

export function factsOf(records: readonly unknown[]): FactSet {
  const facts = new FactSet();
  for (const record of records) readInto(facts, record);
  return facts;
}

export function detectIn(scenario: Pick<Scenario, 'settings' | 'ipRanges'>, facts: FactSet): Detection {
  const settings = valueOf(parseSettings(scenario.settings ?? {}));
  return detect({ facts, settings, ipRanges: ipRangesOf(scenario.ipRanges) });
}

/** A finding as scenarios write it; `contested` only where the scenario cares. */
export function shown(finding: Finding): Required<Expected> {
  const { type, severity, workload, origin, contested } = finding;
  return { type, severity, workload: workload?.id ?? null, origin: origin && originText(origin), contested };
}
