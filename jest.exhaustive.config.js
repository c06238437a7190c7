process.env.EXHAUSTIVE = 'true';

/** @type {import('jest').Config} */
module.exports = {
  ...require('./jest.config.js'),
  testMatch: ['**/*.sampled.test.ts'],
};
