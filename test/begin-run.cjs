const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

/** Prints the seed of the sampled tests, and makes the folder of what test files share. */
module.exports = () => {
  if (process.env.EXHAUSTIVE !== 'true')
    process.stderr.write(`Sampled tests: SAMPLE_SEED=${process.env.SAMPLE_SEED}\n`);
  process.env.TEST_FOLDER = mkdtempSync(path.join(tmpdir(), 'credlock-tests-'));
};
