import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { checkConfigCommand } from '../../src/cli/check-config.ts';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { loadConfig } from '../../src/config/load.ts';
import { notifierKinds } from '../../src/notify/registry.ts';
import { deps } from './support.ts';

const root = new URL('../../', import.meta.url);
const example = await readFile(new URL('config.example.yaml', root), 'utf8');

async function checkConfig(...args: readonly string[]) {
  const printed = { out: '', err: '' };
  const io = {
    ...deps,
    env: { SMTP_PASSWORD: 'x', ORDERS_KEY: 'x', ORDERS_TOKEN: 'x', WEBHOOK_SECRET: `whsec_${'A'.repeat(44)}` },
    out: (text: string) => {
      printed.out += text;
    },
    err: (text: string) => {
      printed.err += text;
    },
  };
  return { code: await checkConfigCommand(args, io), ...printed };
}

/** Takes the `# ` off everything below a key, and so turns what the example only shows into what it says. */
function uncommented(text: string): string {
  const [head = '', tail = ''] = text.split('\nchannels:\n');
  const told = `${head.replace('  # channels:', '  channels:')}\nchannels:\n${tail.replace(/^ {2}# /gm, '  ')}`;
  return told.replaceAll('\n  #\n', '\n').replace('  # public_url:', '  public_url:');
}

test('the published JSON Schema is the one of this version', async () => {
  const published: unknown = JSON.parse(await readFile(new URL('config.schema.json', root), 'utf8'));
  // Run `npx tsx scripts/schema.mjs` when this fails.
  expect(published).toEqual(JSON.parse(JSON.stringify(configJsonSchema(notifierKinds))));
});

test('the example loads with no variable set and starts the demo', async () => {
  const loaded = await loadConfig(new URL('config.example.yaml', root).pathname, { ...deps, env: {} });
  expect(loaded).toMatchObject({ ok: true, config: { monitor: { demo: true }, servers: [], channels: [] } });
});

test('what the example only shows is right, too', async () => {
  const text = uncommented(example);
  const readText = { ...deps, readFile: async () => text };
  const env = {
    SMTP_PASSWORD: 'x',
    ORDERS_KEY: 'x',
    ORDERS_TOKEN: 'x',
    WEBHOOK_SECRET: `whsec_${'A'.repeat(44)}`,
    SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T1/B2/x',
    DISCORD_WEBHOOK_URL: `https://discord.com/api/webhooks/123456789012345678/${'x'.repeat(68)}`,
    TEAMS_WORKFLOW_URL: 'https://x.api.powerplatform.com/workflows/x/triggers/manual/paths/invoke?sig=x',
    TELEGRAM_TOKEN: `123456789:${'x'.repeat(35)}`,
    NTFY_TOPIC: 'x',
    PAGERDUTY_KEY: 'x'.repeat(32),
    ALERTMANAGER_PASSWORD: 'x',
  };
  const loaded = await loadConfig('config.yaml', { ...readText, env });
  expect(loaded.ok ? [] : loaded.errors).toEqual([]);
  expect(loaded).toMatchObject({
    config: {
      monitor: { publicUrl: 'https://alive.example.com' },
      servers: [
        { server: { id: 'orders', channels: ['ops', 'pager'], canaries: [{ tool: 'health_check' }] } },
        { server: { id: 'files', target: { kind: 'stdio', env: { LOG_LEVEL: 'error' } } } },
      ],
      channels: [...notifierKinds.keys()].map((kind) => ({ kind })),
    },
  });
});

test('the example names every key there is', () => {
  const schema: unknown = JSON.parse(JSON.stringify(configJsonSchema(notifierKinds)));
  const missing = [...keysOf(schema)].filter((key) => !new RegExp(`\\b${key}\\b`).test(example));
  expect(missing).toEqual([]);
});

test('check-config praises a file that is fine and counts what is in it', async () => {
  const path = new URL('config.example.yaml', root).pathname;
  expect(await checkConfig(path)).toEqual({ code: 0, out: `${path} is fine: 0 servers, 0 channels.\n`, err: '' });
});

test('check-config explains itself, and what it cannot take', async () => {
  expect(await checkConfig('--help')).toMatchObject({
    code: 0,
    out: expect.stringContaining('alivemcp check-config [FILE]'),
  });
  expect(await checkConfig('a.yaml', 'b.yaml')).toMatchObject({
    code: 2,
    err: expect.stringContaining('takes one file'),
  });
  expect(await checkConfig('--strict')).toMatchObject({ code: 2, err: expect.stringContaining('`--strict`') });
  expect(await checkConfig('/nowhere.yaml')).toEqual({
    code: 2,
    out: '',
    err: '/nowhere.yaml:1:1  the file cannot be read: there is no such file.\n\n/nowhere.yaml has 1 mistake.\n',
  });
});

/** The names of all properties of a JSON Schema, at every depth. */
function keysOf(schema: unknown): Set<string> {
  if (typeof schema !== 'object' || schema === null) return new Set();
  const own =
    'properties' in schema && typeof schema.properties === 'object' ? Object.keys(schema.properties ?? {}) : [];
  return new Set([...own, ...Object.values(schema).flatMap((inner) => [...keysOf(inner)])]);
}
