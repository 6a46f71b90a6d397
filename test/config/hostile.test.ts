import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { checkServerEntry } from '../../src/config/entry.ts';
import type { Json } from '../../src/core/json.ts';
import { deps, loadText } from './support.ts';

/** Pieces from which YAML is made, so that the parser gets further than with plain noise. */
const PIECES = [
  'servers:\n',
  '  - id: a\n',
  '    url: ',
  'https://a.example.com/',
  '${',
  '}',
  '${PRESENT}',
  '{',
  '[',
  ']',
  ', ',
  ': ',
  '\n',
  '\t',
  '- ',
  '"',
  "'",
  '&a ',
  '*a',
  '!t ',
  '|',
  '>',
  '#',
  '%',
  '---',
  '...',
  '? ',
  '<<',
  'null',
  '.nan',
  '0x',
  '\u0000',
  '\ud800',
  'é',
  '__proto__',
  'channels:\n',
  '  ',
];
const KEYS = [
  'id',
  'url',
  'headers',
  'auth',
  'type',
  'token',
  'canary',
  'tool',
  'resource',
  'expect',
  'path',
  'alerts',
  'latency',
  'of',
  'channels',
  'interval',
  'cron',
  'timezone',
  'health_url',
  'ready',
  'servers',
  'monitor',
  'defaults',
  'listen',
  '__proto__',
  'constructor',
  '',
];

const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom<Json>(
      null,
      true,
      false,
      0,
      -1,
      1e308,
      '',
      '5s',
      'a',
      'https://a.example.com/',
      'bearer',
      '* * * * *',
      '${PRESENT}',
      '${',
    ),
    fc.string(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 6 }),
  ),
})).value;

async function isJudged(text: string): Promise<void> {
  const loaded = await loadText(text);
  if (loaded.ok) return;
  expect(loaded.errors.length).toBeGreaterThan(0);
  const lines = text.split('\n').length;
  for (const { line, column, message } of loaded.errors) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(message).toMatch(/[.?]$/);
  }
}

test('any text is either a configuration or a list of mistakes within it', async () => {
  const text = fc.array(fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ maxLength: 6 })), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(text, (pieces) => isJudged(pieces.join(''))),
    { numRuns: 300 },
  );
});

test('any YAML of the right words is either a configuration or a list of mistakes within it', async () => {
  const file = fc.record(
    { monitor: json, defaults: json, channels: json, servers: fc.array(json, { maxLength: 4 }) },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(file, (value) => isJudged(stringify(value))),
    { numRuns: 300 },
  );
});

test('any JSON from the browser is either a server or a list of mistakes', () => {
  const context = { defaults: {}, calendar: deps.calendar, channelIds: [], clientName: 'AliveMCP' };
  fc.assert(
    fc.property(json, (value) => {
      const checked = checkServerEntry(value, context);
      if (!checked.ok) expect(checked.errors.length).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
});

const SECRET = 's3cr3t-value';

/** A file with a secret in each place that may hold one. */
function fileWithSecrets(): Record<string, Json> {
  const server = {
    id: 'orders',
    url: `https://orders.example.com/mcp?key=${SECRET}`,
    headers: { 'X-Api-Key': SECRET },
    auth: { type: 'bearer', token: SECRET },
    canary: { tool: 't', arguments: { password: SECRET } },
    health_url: { ready: `https://orders.example.com/?key=${SECRET}`, headers: { 'X-Key': SECRET } },
  };
  return {
    monitor: { password: SECRET, store: `sqlite:${SECRET}` },
    defaults: { headers: { 'X-Shared': SECRET } },
    channels: {
      ops: {
        type: 'email',
        to: ['ops@example.com'],
        from: 'a@example.com',
        smtp: `smtp://u:${SECRET}@mail.example.com`,
      },
      pager: { type: 'webhook', url: `https://hooks.example.com/${SECRET}`, secret: `whsec_${SECRET}` },
    },
    servers: [
      server,
      { ...server, auth: { type: 'basic', username: 'u', password: SECRET } },
      {
        ...server,
        auth: {
          type: 'client_credentials',
          issuer: `https://issuer.example.com/?key=${SECRET}`,
          client_id: 'u',
          client_secret: SECRET,
          scope: 'a',
          resource: 'https://orders.example.com',
        },
      },
    ],
  };
}

/** Every place in a value, as the keys that lead there. */
function places(value: Json, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...path, key]))];
}

function change(value: Json, [key, ...rest]: readonly string[], to: (old: Json) => Json): Json {
  if (key === undefined) return to(value);
  if (Array.isArray(value))
    return value.map((item: Json, index) => (String(index) === key ? change(item, rest, to) : item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name === key ? change(item, rest, to) : item]),
  );
}

/** What people do to a value by accident. */
const ACCIDENTS: readonly ((old: Json) => Json)[] = [
  () => null,
  () => 12,
  () => [],
  () => ({}),
  (old) => [old],
  (old) => ({ value: old }),
  (old) => (typeof old === 'string' ? `${old} \u0007` : old),
  (old) => (typeof old === 'string' ? `ftp://u:${old}@x` : old),
  (old) => (typeof old === 'object' && !Array.isArray(old) ? { ...old, unknown: SECRET } : SECRET),
];

test('whatever is wrong with a file, no message holds one of its secrets', async () => {
  let refused = 0;
  for (const place of places(fileWithSecrets())) {
    for (const accident of ACCIDENTS) {
      // A secret written where the name of something belongs is quoted: nobody could find the mistake otherwise.
      if (!place.includes('auth') && /^(id|type|tool|to|from|0)$/.test(place.at(-1) ?? '')) continue;
      const loaded = await loadText(stringify(change(fileWithSecrets(), place, accident)));
      if (loaded.ok) continue;
      refused += 1;
      const text = loaded.errors.map(({ message, path }) => `${path} ${message}`).join('\n');
      expect(text, `${place.join('.')}: ${accident}`).not.toContain(SECRET);
    }
  }
  expect(refused).toBeGreaterThan(100);
});

test('a file cut off anywhere gives no secret away', async () => {
  const whole = stringify(fileWithSecrets());
  for (let end = 0; end < whole.length; end += 7) {
    const loaded = await loadText(whole.slice(0, end));
    const text = loaded.ok ? '' : loaded.errors.map(({ message }) => message).join('\n');
    expect(text).not.toContain(SECRET);
  }
});

test('what stands in the environment is not quoted', async () => {
  const loaded = await loadText(
    'monitor: { listen: "${S}", retention: { probes: "${S}" } }\nservers: [{ id: "${S}", url: "${S}" }]\n',
    { env: { S: SECRET } },
  );
  expect(loaded.ok).toBe(false);
  expect(JSON.stringify(loaded)).not.toContain(SECRET);
});
