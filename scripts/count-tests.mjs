import { readFile } from 'node:fs/promises';

/**
 * Sums vitest's JSON results into one line: `812 passed, 0 failed, 0 skipped`, after the name and the first words of each
 * test that failed. A file that failed to load counts as one failed test, and so does a missing result: a suite that never
 * ran must not look like one that passed.
 */
async function count(file) {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return { passed: 0, skipped: 0, failures: [`${file} was not written`] };
  const { testResults } = JSON.parse(text);
  const unloaded = testResults.filter((one) => one.status === 'failed' && one.assertionResults.length === 0);
  const tests = testResults.flatMap((one) => one.assertionResults.map((test) => ({ ...test, file: one.name })));
  const failed = tests.filter(({ status }) => status === 'failed');
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const failures = [
    ...unloaded.map(({ name, message }) => `${name}: ${message}`),
    ...failed.map((test) => `${test.file}: ${test.fullName}\n  ${test.failureMessages.join('\n').slice(0, 600)}`),
  ];
  return { passed, skipped: tests.length - passed - failed.length, failures };
}

const counts = await Promise.all(process.argv.slice(2).map(count));
const sum = (key) => counts.reduce((total, one) => total + one[key], 0);
const failures = counts.flatMap((one) => one.failures);
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`${sum('passed')} passed, ${failures.length} failed, ${sum('skipped')} skipped`);
process.exitCode = failures.length === 0 ? 0 : 1;
