import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { readTextFile } from '../../src/config/read-file.ts';
import { deps, load, loadText, mistakes } from './support.ts';

async function location(value: string, change: Parameters<typeof load>[1] = {}): Promise<string> {
  return (await load(`monitor:\n  location: ${value}\n`, change)).monitor.location;
}

test('a variable stands wherever text stands, also twice and within other text', async () => {
  const env = { A: 'one', B: 'two', EMPTY: '' };
  expect(await location('${A}', { env })).toBe('one');
  expect(await location('"x-${A}-${B}-y"', { env })).toBe('x-one-two-y');
  expect(await location('${NONE:-fallback}', { env })).toBe('fallback');
  expect(await location('${EMPTY:-fallback}', { env })).toBe('fallback');
  expect(await location('a${EMPTY}b', { env })).toBe('ab');
  expect(await location('${A:-fallback}', { env })).toBe('one');
});

test('$$ is a plain $, and a $ alone is one too', async () => {
  expect(await location('"$${A} costs 5$ or $5"')).toBe('${A} costs 5$ or $5');
});

test('what a variable holds is never read as YAML or as another reference', async () => {
  const env = { EVIL: '", demo: true, x: "${OTHER}\\' };
  expect(await location('"${EVIL}"', { env })).toBe(env.EVIL);
});

test('a file gives its content without the line end, read from beside the configuration', async () => {
  const files = { '/etc/alivemcp/secret': 'abc\n', '/run/secrets/x': 'line\r\n' };
  expect(await location('${file:secret}', { files })).toBe('abc');
  expect(await location('${file:/run/secrets/x}', { files })).toBe('line');
});

test('a file is refused beyond 64 KiB, and when it is a folder or not there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'alivemcp-config-'));
  try {
    const config = join(folder, 'config.yaml');
    await writeFile(join(folder, 'large'), 'x'.repeat(64 * 1024 + 1));
    await writeFile(
      config,
      'monitor:\n  location: ${file:large}\n  client_name: ${file:.}\n  password: ${file:nothing}\n',
    );
    const loaded = await loadConfig(config, deps);
    expect(loaded.ok ? [] : loaded.errors.map(({ line, message }) => [line, message])).toEqual([
      [2, 'monitor.location: the file large cannot be read: it is larger than 64 KiB.'],
      [3, 'monitor.client_name: the file . cannot be read: it is a folder.'],
      [4, 'monitor.password: the file nothing cannot be read: there is no such file.'],
    ]);
    await writeFile(join(folder, 'large'), 'x'.repeat(64 * 1024));
    expect(await readTextFile(join(folder, 'large'), 64 * 1024)).toHaveLength(64 * 1024);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('every missing variable is named with its line', async () => {
  const found = await mistakes('monitor:\n  location: ${ONE}\n  client_name: ${TWO}-${THREE}\n');
  expect(found.map(({ line, message }) => [line, /variable (\w+)/.exec(message)?.[1]])).toEqual([
    [2, 'ONE'],
    [3, 'TWO'],
    [3, 'THREE'],
  ]);
});

test('names of object prototypes are no variables', async () => {
  expect(await loadText('monitor: { location: "${constructor}${__proto__}" }', { env: {} })).toMatchObject({
    ok: false,
  });
});
