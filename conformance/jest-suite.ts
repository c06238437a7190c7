import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execute, lastWords, type Workshop } from './workshop';

export interface SuiteResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Runs a test file by jest, with these variables of the environment. Throws where jest gives no results. */
export async function runSuite(
  { root, cache }: Workshop,
  suite: string,
  env: Readonly<Record<string, string>>,
): Promise<SuiteResult> {
  const results = join(cache, `${basename(suite)}.json`);
  await rm(results, { force: true });
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const args = [jest, suite, '--ci', '--json', `--outputFile=${results}`, '--testTimeout=60000'];
  const outcome = await execute(process.execPath, args, { cwd: root, env });
  const text = await readFile(results, 'utf8').catch(() => null);
  if (text === null) throw new Error(`jest gave no results:\n${lastWords(outcome)}`);
  return JSON.parse(text) as SuiteResult;
}

/** What failed, also where nothing ran. */
export function failuresOf(result: SuiteResult, suite: string): string[] {
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, testResults } = result;
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = all.filter(({ status }) => status === 'failed');
  const broken = numRuntimeErrorTestSuites > 0 ? testResults.map(({ message }) => message) : [];
  const none = numPassedTests + numFailedTests === 0 ? [`${suite} has no tests`] : [];
  return [...failed.map(({ fullName }) => fullName), ...broken, ...none];
}
