import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LIMITS } from '../../src/probe/budget.ts';

const page = readFileSync(new URL('../../docs/reference/limits.md', import.meta.url), 'utf8');
const number = (value: number): string => value.toLocaleString('en');

/** As the page writes each. */
const WRITTEN: { readonly [name in keyof typeof LIMITS]: string } = {
  bodyBytes: `| body of all answers | ${LIMITS.bodyBytes / 1024 / 1024} MiB;`,
  requests: `| requests | ${LIMITS.requests},`,
  pages: `on ${LIMITS.pages} pages`,
  tools: `| tools | ${number(LIMITS.tools)} on`,
  depth: `| depth of JSON | ${LIMITS.depth} |`,
  values: `| values in one answer | ${number(LIMITS.values)},`,
  entries: `and ${number(LIMITS.entries)} in one list or object`,
  lines: `| lines of an event stream | ${number(LIMITS.lines)} |`,
  keptValues: `${number(LIMITS.keptValues)} values are kept`,
  blocks: `| blocks in the result of a canary | ${LIMITS.blocks} |`,
  probeMs: `| time in all | ${LIMITS.probeMs / 1000} s,`,
  unasked: `| messages nobody asked for | ${LIMITS.unasked} |`,
  redirects: `| redirects | ${LIMITS.redirects},`,
  resumes: `| a stream taken up again | ${LIMITS.resumes} times`,
  errorBytes: `| ${LIMITS.errorBytes / 1024} KiB; the rest is not read |`,
  healthBytes: `| ${LIMITS.healthBytes / 1024} KiB; the rest is not read |`,
};

test.each(Object.entries(WRITTEN))('the page of limits says %s as the code has it', (_, written) => {
  expect(page).toContain(written);
});
