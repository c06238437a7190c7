import { ALL_GUARDRAILS, parseGuardrailSettings, type GuardrailSettings } from '../../guardrails/guardrail-settings';
import { jsonFile } from '../files/json-file';

/** The settings in a `--guardrails` file; by default all guardrails, without exemptions. Throws with all faults. */
export function guardrailsFrom(path: string | undefined): GuardrailSettings {
  if (path === undefined) return ALL_GUARDRAILS;
  const parsed = parseGuardrailSettings(jsonFile('--guardrails', path));
  if ('value' in parsed) return parsed.value;
  throw new Error(`--guardrails ${path}:\n${parsed.faults.map((fault) => `  ${fault}`).join('\n')}`);
}
