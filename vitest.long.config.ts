import { defineConfig } from 'vitest/config';

/** Where the gate wants the results as JSON. */
const json = process.env['VITEST_JSON'];

/** `npm run test:long`: runs that take minutes. One file at a time, because they measure. */
export default defineConfig({
  test: {
    include: ['test/long/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 600_000,
    // A busy machine is waited for; where nothing happens, the test says so all the same.
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 120_000,
    passWithNoTests: false,
    reporters: json === undefined ? ['default'] : ['default', ['json', { outputFile: json }]],
  },
});
