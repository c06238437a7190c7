process.env.EXHAUSTIVE = 'true';

/** @type {import('jest').Config} */
module.exports = {
  ...require('./jest.config.js'),
  globalSetup: undefined,
  testMatch: ['**/*.sampled.test.ts'],
};
