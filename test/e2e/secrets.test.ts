import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { type Api, openApi } from '../fixtures/api.ts';
import { openPlace, type Program } from '../fixtures/program.ts';
import { type ReceivedPost, startReceiver } from '../fixtures/receiver.ts';
import { startMailReceiver } from '../fixtures/smtp.ts';
import { type Mood, startMoody, type Visit } from '../fixtures/targets/moody.ts';
import { until } from '../fixtures/until.ts';

const key = (fill: string): string => `whsec_${Buffer.from(fill.repeat(32)).toString('base64')}`;

/** Every secret that is configured, by where it is. Each is looked for everywhere. */
const SECRETS = {
  password: 'canary-of-the-monitor-1c0e',
  header: 'canary-of-a-header-77ab',
  bearer: 'canary-of-a-bearer-token-93fd',
  query: 'canary-of-a-query-value-5e21',
  smtp: 'canary-of-the-smtp-url-b8d4',
  hookPath: 'canary-of-a-hook-path-40aa',
  signing: key('Q'),
  uiHeader: 'canary-of-an-ui-header-e6f1',
  basic: 'canary-of-a-basic-password-0d5c',
  uiQuery: 'canary-of-an-ui-query-2b90',
  uiHookPath: 'canary-of-an-ui-hook-path-c37e',
  uiSigning: key('Z'),
  uiSmtp: 'canary-of-an-ui-smtp-url-1d6b',
} as const;

/** A secret and how it goes over the wire: plain, in base64, behind a user name in base64. */
const FORMS = Object.entries(SECRETS).flatMap(([name, secret]) =>
  [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(`alive:${secret}`).toString('base64').replace(/=+$/, ''),
  ].map((form): readonly [name: string, form: string] => [name, form]),
);

/** Names of the secrets a text or a file gives away. */
function leaks(content: string | Buffer): readonly string[] {
  return [...new Set(FORMS.filter(([, form]) => content.includes(form)).map(([name]) => name))];
}

/** The worst a target can do: it says everything it was sent. */
const echo = ({ headers, path }: Visit): string => `you sent ${JSON.stringify(headers)} to ${decodeURIComponent(path)}`;
const failing = (visit: Visit): Mood => ({ kind: 'status', status: 500, body: echo(visit) });
const talking = (visit: Visit): Mood => ({ kind: 'tool_error', text: echo(visit) });

test('a secret goes where it is meant to go, and nowhere else', { timeout: 120_000 }, async () => {
  const target = await startMoody();
  onTestFinished(target.close);
  // It refuses the login and repeats it.
  const refusing = await startMailReceiver({ login: { user: 'alive', password: 'another' } });
  onTestFinished(refusing.close);
  const accepting = await startMailReceiver({ login: { user: 'alive', password: SECRETS.uiSmtp } });
  onTestFinished(accepting.close);
  const hook = await startReceiver((response, post) => response.writeHead(500).end(repeat(post)));
  onTestFinished(hook.close);
  const here = await openPlace();
  onTestFinished(here.close);

  const base = new URL(target.url()).origin;
  const hookAt = (secret: string): string => new URL(`/hook/${secret}?token=${secret}`, hook.url).href;
  const tokenFile = await here.write('bearer.txt', SECRETS.bearer);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db', password: '${MONITOR_PASSWORD}' },
    defaults: {
      interval: '1s',
      confirm: { down: 2, up: 2, recheck: '1s' },
      announce_first: true,
      channels: ['mail', 'hook'],
      canary: { tool: 'health_check' },
    },
    channels: {
      mail: {
        type: 'email',
        to: ['ops@example.com'],
        from: 'alive@example.com',
        smtp: `smtp://alive:\${SMTP_PASSWORD}@127.0.0.1:${refusing.port}`,
      },
      hook: { type: 'webhook', url: hookAt('${HOOK_PATH}'), secret: '${SIGNING}' },
    },
    servers: [
      { id: 'failing', url: `${base}/failing?key=\${QUERY}`, headers: { 'X-Api-Key': '${HEADER}' } },
      { id: 'talking', url: `${base}/talking`, auth: { type: 'bearer', token: `\${file:${tokenFile}}` } },
    ],
  });
  const env = {
    MONITOR_PASSWORD: SECRETS.password,
    SMTP_PASSWORD: SECRETS.smtp,
    HOOK_PATH: SECRETS.hookPath,
    SIGNING: SECRETS.signing,
    QUERY: SECRETS.query,
    HEADER: SECRETS.header,
  };
  target.become((visit) => (visit.path.startsWith('failing') ? failing(visit) : talking(visit)));
  const first = await here.serve({ env });
  const api = openApi(first.url, SECRETS.password);
  await api.addChannel({ id: 'ui-hook', type: 'webhook', url: hookAt(SECRETS.uiHookPath), secret: SECRETS.uiSigning });
  await api.addChannel({
    id: 'ui-mail',
    type: 'email',
    to: ['ops@example.com'],
    from: 'alive@example.com',
    smtp: `smtp://alive:${SECRETS.uiSmtp}@127.0.0.1:${accepting.port}`,
  });
  const channels = ['mail', 'hook', 'ui-hook', 'ui-mail'];
  await api.addServer({
    id: 'ui-failing',
    url: `${base}/failing-ui?key=${SECRETS.uiQuery}`,
    headers: { 'X-Token': SECRETS.uiHeader },
    channels,
  });
  await api.addServer({
    id: 'ui-talking',
    url: `${base}/talking-ui`,
    auth: { type: 'basic', username: 'alive', password: SECRETS.basic },
    channels,
  });
  const acted = [
    ...channels.map((id) => api.send('POST', `/api/v1/channels/${id}/test`)),
    api.send('POST', '/api/v1/servers/ui-failing/probe'),
    api.send('PATCH', '/api/v1/servers/ui-talking', { name: 'Renamed' }),
    api.send('POST', '/api/v1/probe', {
      id: 'x',
      url: `${base}/failing?k=${SECRETS.query}`,
      headers: { 'X-Key': SECRETS.header },
    }),
    api.send('POST', '/api/v1/servers', {
      id: 'Bad Id',
      url: base,
      headers: { 'X-Key': SECRETS.header },
      auth: { type: 'bearer', token: `${SECRETS.bearer}\n` },
    }),
  ];
  for (const { text } of await Promise.all(acted)) expect(leaks(text), text).toEqual([]);

  const ids = ['failing', 'talking', 'ui-failing', 'ui-talking'];
  for (const id of ids) await api.becomes(id, 'down');
  // Besides, there is one about each channel that is refused.
  const aboutThem = async () => (await api.incidents()).filter(({ server }) => ids.includes(server.id));
  await until(async () => (await aboutThem()).length === ids.length, { what: 'an incident each' });
  await until(
    async () => {
      const tried = (await api.deliveries()).filter(({ tries }) => tries.length > 0);
      return channels.every((id) => tried.some(({ channel }) => channel === id));
    },
    { what: 'each channel was tried', ms: 60_000 },
  );
  // The test, and one for all servers that went down together.
  await until(() => accepting.mails.length >= 2, { what: 'mails arrive' });

  // It did go where it was meant to go.
  expect(sentTo(target.visits(), 'failing?')).toMatchObject({ 'x-api-key': SECRETS.header });
  expect(sentTo(target.visits(), 'talking')).toMatchObject({ authorization: `Bearer ${SECRETS.bearer}` });
  expect(hook.posts.some(({ body }) => body.includes('isError'))).toBe(true);

  const answers = await everyAnswer(first, api);
  expect(answers.size).toBeGreaterThan(30);
  for (const [path, text] of answers) expect(leaks(text), path).toEqual([]);
  expect(answers.get('/api/v1/servers/failing/probes')).toContain('[secret]');
  for (const { body } of hook.posts) expect(leaks(body), 'webhook body').toEqual([]);
  for (const { raw, parsed } of accepting.mails)
    expect(leaks([raw, parsed.subject, parsed.text, parsed.html].join('\n')), 'mail').toEqual([]);
  expect(leaks(await filesIn(here.path('data'))), 'files of the running monitor').toEqual([]);
  await first.stop();
  expect(leaks(await filesIn(here.path('data'))), 'files of the stopped monitor').toEqual([]);

  target.forgetVisits();
  const second = await here.serve({ env });
  await until(
    () => ['failing-ui', 'talking-ui'].every((path) => target.visits().some((visit) => visit.path.startsWith(path))),
    {
      what: 'probes after the restart',
    },
  );
  expect(sentTo(target.visits(), 'failing-ui')).toMatchObject({ 'x-token': SECRETS.uiHeader });
  expect(sentTo(target.visits(), 'talking-ui')).toMatchObject({
    authorization: `Basic ${Buffer.from(`alive:${SECRETS.basic}`).toString('base64')}`,
  });
  expect(sentTo(target.visits(), `failing-ui?key=${SECRETS.uiQuery}`)).toBeDefined();
  await second.stop();
  for (const program of [first, second]) expect(leaks(program.stdout() + program.stderr()), 'log').toEqual([]);
});

function repeat({ headers, body }: ReceivedPost): string {
  return `you sent ${JSON.stringify(headers)} ${SECRETS.hookPath} ${SECRETS.uiHookPath} ${body}`;
}

function sentTo(visits: readonly Visit[], path: string): Visit['headers'] | undefined {
  return visits.find((visit) => visit.path.startsWith(path))?.headers;
}

async function filesIn(folder: string): Promise<Buffer> {
  const names = await readdir(folder);
  expect(names).toContain('a.db');
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))));
}

const paths = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** What each GET route of the published API says, each with ids that exist, the pages beside it, and the live events. */
async function everyAnswer({ url }: Program, api: Api): Promise<ReadonlyMap<string, string>> {
  const described = paths.parse(JSON.parse((await api.send('GET', '/api/v1/openapi.json')).text));
  const ids: Readonly<Record<string, readonly string[]>> = {
    servers: (await api.servers()).map(({ id }) => id),
    incidents: (await api.incidents()).map(({ id }) => id),
    deliveries: (await api.deliveries()).map(({ id }) => id),
    channels: ['mail', 'hook', 'ui-hook', 'ui-mail'],
  };
  const routes = Object.entries(described.paths).flatMap(([path, methods]) => ('get' in methods ? [path] : []));
  const probes = await Promise.all(
    (ids['servers'] ?? []).map(async (id) => [id, (await api.probes(id))[0]?.id ?? ''] as const),
  );
  const filled = routes
    .filter((path) => !path.endsWith('/events'))
    .flatMap((path) => {
      if (path.includes('{probe}'))
        return probes.map(([id, probe]) => path.replace('{id}', id).replace('{probe}', probe));
      const room = path.split('/').find((part) => Object.hasOwn(ids, part)) ?? '';
      return path.includes('{id}') ? (ids[room] ?? []).map((id) => path.replace('{id}', id)) : [path];
    })
    .map((path) => (path.startsWith('/api/') ? path : `/api/v1${path}`));
  const others = ['/', '/live', '/ready', '/metrics', '/api/docs', '/api/v1/nothing', '/api/v1/servers/nothing'];
  const answers = new Map<string, string>([['events', await someEvents(url)]]);
  for (const path of [...filled, ...others]) answers.set(path, (await api.send('GET', path)).text);
  return answers;
}

/** The live events until one is of a server. */
async function someEvents(url: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/events`, {
    headers: { authorization: `Bearer ${SECRETS.password}` },
    signal: AbortSignal.timeout(10_000),
  });
  if (response.body === null) throw new Error('no events');
  let text = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.includes('event: server')) return text;
  }
  return text;
}
