import type { Check } from './check';
import { startEmulator } from './emulator';
import { failuresOf, runSuite } from './jest-suite';

const SUITE = 'test/lambda/store/lock-table.test.ts';

/** The lock table's own tests, on another DynamoDB than the one they usually run on. */
export const checkLockTable: Check = {
  name: 'lock-table',
  async run(workshop) {
    const emulator = await startEmulator(workshop);
    try {
      const result = await runSuite(workshop, SUITE, { DYNAMODB_ENDPOINT: emulator.endpoint });
      const { numPassedTests: passed, numFailedTests: failed } = result;
      return {
        summary: `${passed} of ${passed + failed} tests of ${SUITE} pass on moto's DynamoDB`,
        details: [],
        faults: failuresOf(result, SUITE),
      };
    } finally {
      await emulator.close();
    }
  },
};
