import { ALL_GUARDRAILS, parseGuardrailSettings, type GuardrailSettings } from '../../guardrails/guardrail-settings';
import { jsonFile } from '../files/json-file';

/** The settings in a `--guardrails` file, or every guardrail without exceptions. Throws with every fault there is. */
export function guardrailsFrom(path: string | undefined): GuardrailSettings {
  if (path === undefined) return ALL_GUARDRAILS;
  const parsed = parseGuardrailSettings(jsonFile('--guardrails', path));
  if ('value' in parsed) return parsed.value;
  throw new Error(`--guardrails ${path}:\n${parsed.faults.map((fault) => `  ${fault}`).join('\n')}`);
}
