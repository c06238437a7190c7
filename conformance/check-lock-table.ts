import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from './check';
import { startEmulator } from './emulator';
import { execute, lastWords } from './workshop';

const SUITE = 'test/lambda/store/lock-table.test.ts';

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** The lock table's own tests, on another DynamoDB than the one they usually run on. */
export const checkLockTable: Check = {
  name: 'lock-table',
  async run(workshop) {
    const emulator = await startEmulator(workshop);
    try {
      const results = join(workshop.cache, 'lock-table.json');
      const jest = join(workshop.root, 'node_modules/jest/bin/jest.js');
      const args = [jest, SUITE, '--ci', '--json', `--outputFile=${results}`, '--testTimeout=60000'];
      const env = { DYNAMODB_ENDPOINT: emulator.endpoint };
      const outcome = await execute(process.execPath, args, { cwd: workshop.root, env });
      const text = await readFile(results, 'utf8').catch(() => null);
      if (text === null) throw new Error(`jest gave no results:\n${lastWords(outcome)}`);
      return reportOf(JSON.parse(text) as JestResult);
    } finally {
      await emulator.close();
    }
  },
};

function reportOf({ numPassedTests, numFailedTests, numRuntimeErrorTestSuites, testResults }: JestResult) {
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  );
  const broken = numRuntimeErrorTestSuites > 0 ? testResults.map(({ message }) => message) : [];
  const none = numPassedTests + numFailedTests === 0 ? [`${SUITE} has no tests`] : [];
  return {
    summary: `${numPassedTests} of ${numPassedTests + numFailedTests} tests of ${SUITE} pass on moto's DynamoDB`,
    details: [],
    faults: [...failed.map(({ fullName }) => fullName), ...broken, ...none],
  };
}
