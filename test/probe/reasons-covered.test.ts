import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Layer, REASONS } from '../../src/core/reasons.ts';
import { CASES } from './cases.ts';

/** Layers whose reasons come out of a probe alone, not out of many. */
const LAYERS: readonly Layer[] = ['transport', 'http', 'auth', 'protocol', 'tools', 'canary', 'health_url', 'any'];
/** Given by whoever watches the watcher, not by a probe. */
const OWN = ['monitor_offline', 'monitor_channel_failing', 'monitor_disk_low'];

test('every reason a probe can give is produced by a test over a real connection', async () => {
  const files = (await readdir(import.meta.dirname)).filter(
    (name) => name.endsWith('.test.ts') && name !== 'reasons-covered.test.ts',
  );
  const texts = await Promise.all(files.map((name) => readFile(join(import.meta.dirname, name), 'utf8')));
  const produced = new Set(CASES.map(([, code]) => String(code)));
  const missing = Object.entries(REASONS)
    .filter(
      ([code, { layer }]) =>
        LAYERS.includes(layer) &&
        !OWN.includes(code) &&
        !produced.has(code) &&
        !texts.some((text) => text.includes(`'${code}'`)),
    )
    .map(([code]) => code);
  expect(missing).toEqual([]);
});
