import { readFile } from 'node:fs/promises';

/**
 * Sums vitest's JSON results into one line: `812 passed, 0 failed, 0 skipped`. A file that failed to load counts as one
 * failed test, and so does a missing result: a suite that never ran must not look like one that passed.
 */
async function count(file) {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return { passed: 0, failed: 1, skipped: 0 };
  const { testResults } = JSON.parse(text);
  const unloaded = testResults.filter((one) => one.status === 'failed' && one.assertionResults.length === 0).length;
  const tests = testResults.flatMap((one) => one.assertionResults.map((test) => test.status));
  const passed = tests.filter((status) => status === 'passed').length;
  const failed = tests.filter((status) => status === 'failed').length;
  return { passed, failed: failed + unloaded, skipped: tests.length - passed - failed };
}

const counts = await Promise.all(process.argv.slice(2).map(count));
const sum = (key) => counts.reduce((total, one) => total + one[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') === 0 ? 0 : 1;
