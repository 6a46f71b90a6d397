import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REASONS } from '../../src/core/reasons.ts';

interface Row {
  readonly code: string;
  readonly layer: string;
  readonly turns: string | null;
  readonly meaning: string;
  readonly advice: string;
}

/** The rows of the one table, without back-ticks; an en dash stands for none. */
async function documented(): Promise<readonly Row[]> {
  const text = await readFile(join(import.meta.dirname, '../../docs/reference/reasons.md'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [code = '', layer = '', turns = '', meaning = '', advice = ''] = line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim());
      const bare = (cell: string): string => cell.replaceAll('`', '');
      return { code: bare(code), layer: bare(layer), turns: turns === '–' ? null : bare(turns), meaning, advice };
    });
}

test('the documentation lists every reason code once, and no other', async () => {
  const codes = (await documented()).map(({ code }) => code);
  expect(codes.toSorted()).toEqual(Object.keys(REASONS).toSorted());
});

test('the documentation says of each reason what the program does', async () => {
  const facts = (await documented()).map(({ code, layer, turns, meaning }) => [code, { layer, turns, meaning }]);
  expect(Object.fromEntries(facts)).toEqual(REASONS);
});

test('the documentation says of each reason what to do', async () => {
  const silent = (await documented()).filter(({ advice }) => advice.length < 20).map(({ code }) => code);
  expect(silent).toEqual([]);
});
