/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/scripts/stale.cjs',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // It takes a browser: npm run test:browser
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/browser/'],
  modulePathIgnorePatterns: ['<rootDir>/build', '<rootDir>/dist', '<rootDir>/prebuilds'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // A hang is seen later, and a busy machine is not taken for one.
  testTimeout: 120_000,
  // Two, on however many CPUs: much of a test waits, and the engines start threads of their own.
  maxWorkers: 2,
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
};
