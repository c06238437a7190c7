import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ALL_GUARDRAILS,
  checkedGuardrails,
  parseGuardrailSettings,
  type GuardrailSettings,
} from '../../../../guardrails/guardrail-settings';
import { detect } from '../../../../lambda/detection/detect';
import type { Certainty, GuardrailName } from '../../../../lambda/detection/guardrails/guardrail';
import { TrafficCheck, type Breakage } from '../../../../lambda/detection/guardrails/traffic-check';
import { DEFAULT_SETTINGS } from '../../../../lambda/detection/parse-settings';
import { SuspectOrigins } from '../../../../lambda/detection/posture/suspect-origins';
import { factsOf, ipRangesOf } from '../../../scenario';
import { valueOf } from '../../../../lambda/detection/model/result';

/** A row as scenarios write it. */
export interface Row {
  readonly guardrail: GuardrailName;
  readonly account: string;
  readonly principal: string;
  readonly workloads: readonly string[];
  readonly service: string;
  readonly count: number;
}

/**
 * One file of `scenarios/`: whole CloudTrail records, the guardrails that are on (`settings`, as `guardrails check --config`
 * takes them; all of them where it is left out), and who breaks: certainly or likely (`breaks`), perhaps (`unknown`), or as the
 * theft that a finding is about (`suspected`). What is left out of the last two is not compared.
 */
export interface GuardrailScenario {
  readonly story: string;
  readonly settings?: Record<string, unknown>;
  readonly ipRanges: 'default' | null;
  readonly records: readonly unknown[];
  readonly breaks: readonly (Row & { readonly certainty: Certainty })[];
  readonly unknown?: readonly Row[];
  readonly suspected?: readonly Row[];
}

const FOLDER = join(__dirname, 'scenarios');

export function guardrailScenarios(): (GuardrailScenario & { readonly name: string })[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => ({
    name: file.slice(0, -5),
    ...(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as GuardrailScenario),
  }));
}

export function checked(
  records: readonly unknown[],
  { settings, ipRanges }: Pick<GuardrailScenario, 'settings' | 'ipRanges'>,
): Breakage[] {
  const check = new TrafficCheck(checkedGuardrails(settingsOf(settings)));
  for (const record of records) check.read(record);
  const suspects = new SuspectOrigins();
  const { suppressed } = detect({
    facts: factsOf(records),
    settings: DEFAULT_SETTINGS,
    ipRanges: ipRangesOf(ipRanges),
    onJudgement: (judgement) => suspects.note(judgement),
  });
  suspects.except(suppressed);
  return check.breakages((workload, origin) => suspects.has(workload, origin));
}

function settingsOf(given: GuardrailScenario['settings']): GuardrailSettings {
  if (given === undefined) return ALL_GUARDRAILS;
  return valueOf(parseGuardrailSettings(given));
}

export function rowOf({ guardrail, account, principal, workloads, service, count }: Row): Row {
  return { guardrail, account, principal, workloads: [...workloads].sort(), service, count };
}
