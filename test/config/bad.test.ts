import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkConfigCommand } from '../../src/cli/check-config.ts';
import { deps } from './support.ts';

const folder = fileURLToPath(new URL('bad/', import.meta.url));
const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).map((name) => name.slice(0, -5));

test('the corpus holds the mistakes people make', () => {
  expect(names.length).toBeGreaterThanOrEqual(90);
});

test.each(names)('check-config says where, what and what to do: %s', async (name) => {
  const printed: string[] = [];
  const io = {
    ...deps,
    out: (text: string) => printed.push(`stdout: ${text}`),
    err: (text: string) => printed.push(text),
  };
  const code = await checkConfigCommand([join(folder, `${name}.yaml`)], io);
  const [mistakes = '', summary = ''] = printed.join('').replaceAll(folder, '').split('\n\n');
  expect(`${mistakes}\n`).toBe(await readFile(join(folder, `${name}.txt`), 'utf8'));
  expect(summary).toMatch(/^\d\d+-[a-z-]+\.yaml has \d+ mistakes?\.\n$/);
  expect(code).toBe(2);
});

test('no message holds a secret of the file', async () => {
  const texts = await Promise.all(names.map((name) => readFile(join(folder, `${name}.txt`), 'utf8')));
  expect(texts.join('')).not.toMatch(/hunter2/);
});
