import { defineConfig } from 'vitest/config';

/** Where the gate wants the results as JSON. */
const json = process.env['VITEST_JSON'];

/** `npm test`: everything that finishes in seconds. Long runs have their own configuration. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/long/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    // A busy machine is waited for; where nothing happens, the test says so all the same.
    expect: { poll: { timeout: 30_000 } },
    hookTimeout: 120_000,
    reporters: json === undefined ? ['default'] : ['default', ['json', { outputFile: json }]],
  },
});
