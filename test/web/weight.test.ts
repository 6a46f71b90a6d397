import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, inject, test } from 'vitest';

test('all script together weighs at most 60 kB gzipped, and nothing is inlined or fetched from elsewhere', async () => {
  const pages = inject('pages');
  const names = (await readdir(join(pages, 'assets'))).filter((name) => name.endsWith('.js'));
  const sizes = await Promise.all(
    names.map(async (name) => gzipSync(await readFile(join(pages, 'assets', name))).length),
  );
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(60_000);
  const html = await readFile(join(pages, 'index.html'), 'utf8');
  expect(html).not.toMatch(/style=|<style|<script(?![^>]*src="\/assets\/)|https?:/);
});
