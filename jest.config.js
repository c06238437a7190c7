// The sample of `*.sampled.test.ts` changes by the day; a seed that is given draws the same sample again.
process.env.SAMPLE_SEED ??= String(Math.floor(Date.now() / 86_400_000));

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  maxWorkers: '100%',
  // Only ends tests that hang: no test may depend on the machine's speed.
  testTimeout: 900_000,
  globalSetup: '<rootDir>/test/begin-run.cjs',
  globalTeardown: '<rootDir>/test/end-run.cjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // Bundles of their own in the command line, as TypeScript names them.
  moduleNameMapper: { '^(.*)/(decoders|kubernetes)\\.js$': '$1/$2.ts' },
  // Published as ECMAScript modules only.
  transformIgnorePatterns: ['/node_modules/(?!hyparquet/)'],
  transform: {
    '^.+(?:\\.ts|/hyparquet/.+\\.js)$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
};
