import { defineConfig } from 'vitest/config';

/** Where the gate wants the results as JSON. */
const json = process.env['VITEST_JSON'];

/** Rooms whose tests leave nothing behind in their process: they share one, and load what they test once. */
const SHARED = 'test/{config,core,engine,http,notify}/**/*.test.ts';

const WEB = 'test/web/**/*.test.ts';

/** `npm test`: everything that finishes in seconds. Long runs have their own configuration. */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // A busy machine is waited for; where nothing happens, the test says so all the same.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: json === undefined ? ['default'] : ['default', ['json', { outputFile: json }]],
    projects: [
      { extends: true, test: { name: 'shared', include: [SHARED], isolate: false } },
      { extends: true, test: { name: 'web', include: [WEB], globalSetup: 'test/web/built.ts' } },
      {
        extends: true,
        test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: ['test/long/**', SHARED, WEB] },
      },
    ],
  },
});
