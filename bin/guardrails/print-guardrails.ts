import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { guardrailPolicies, type GuardrailPolicy } from '../../guardrails/guardrail-policies';
import { messageOf } from '../terminal/error-message';
import { replaceFile } from '../files/replace-file';
import { writeOutput } from '../files/write-output';
import { guardrailsFrom } from './guardrail-file';

export interface PrintOptions {
  /** A folder. */
  readonly out?: string;
  readonly guardrails?: string;
  readonly partition: string;
}

/**
 * Prints the policies of the enabled guardrails: as one JSON list that explains each statement, or into a folder, one file
 * per policy as AWS Organizations accepts it.
 */
export async function printGuardrails({ out, guardrails, partition }: PrintOptions): Promise<void> {
  const policies = guardrailPolicies(guardrailsFrom(guardrails), partition);
  if (out === undefined) return writeOutput([`${JSON.stringify(policies.map(shown), null, 2)}\n`], undefined);
  await intoFolder(policies, out).catch((error: unknown) => {
    throw new Error(`--out ${out} cannot be written: ${messageOf(error)}`, { cause: error });
  });
  process.stderr.write(`Wrote ${policies.map(({ name }) => `${name}.json`).join(', ')} to ${out}\n`);
}

async function intoFolder(policies: readonly GuardrailPolicy[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name, content } of policies)
    await replaceFile(join(folder, `${name}.json`), `${JSON.stringify(content, null, 2)}\n`);
  await replaceFile(join(folder, 'policies.json'), `${JSON.stringify(policies.map(shown), null, 2)}\n`);
}

function shown({ guardrail, type, name, description, explained, content }: GuardrailPolicy): object {
  return { guardrail, type, name, description, explained, content };
}
