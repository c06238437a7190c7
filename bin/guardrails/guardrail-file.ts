import { readFileSync } from 'node:fs';
import { ALL_GUARDRAILS, parseGuardrailSettings, type GuardrailSettings } from '../../guardrails/guardrail-settings';
import { messageOf } from '../message-of';

/** The settings in a `--guardrails` file, or every guardrail without exceptions. Throws with every fault there is. */
export function guardrailsFrom(path: string | undefined): GuardrailSettings {
  if (path === undefined) return ALL_GUARDRAILS;
  const parsed = parseGuardrailSettings(jsonIn(path));
  if ('settings' in parsed) return parsed.settings;
  throw new Error(`--guardrails ${path}:\n${parsed.faults.map((fault) => `  ${fault}`).join('\n')}`);
}

function jsonIn(path: string): unknown {
  const text = textIn(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`--guardrails ${path} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

/** Windows editors begin a file with a byte order mark. */
function textIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new Error(`--guardrails ${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
