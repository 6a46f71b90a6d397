import { expect, onTestFinished, test } from 'vitest';
import { openApi } from '../fixtures/api.ts';
import { ended, pidsIn, STDIO_SERVER } from '../fixtures/processes.ts';
import { openPlace, type Place } from '../fixtures/program.ts';
import { until } from '../fixtures/until.ts';

async function place(): Promise<Place> {
  const opened = await openPlace();
  onTestFinished(opened.close);
  return opened;
}

const command = (here: Place, mode: string): readonly string[] => [
  process.execPath,
  STDIO_SERVER,
  mode,
  here.path(`${mode}.pid`),
];

test('probe -- COMMAND starts a server, tells each step, and leaves nothing of it', async () => {
  const here = await place();
  const { code, stdout, stderr } = await here.run(['probe', '--canary', 'environment', '--', ...command(here, 'good')]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/✓ connect .*✓ initialize .*✓ tools_list .*✓ canary .*✓ close /s);
  expect(stdout).toMatch(/ is up: protocol 2025-06-18, 1 tool\n$/);
  await ended(await pidsIn(here.path('good.pid')));
});

test('probe -- COMMAND --json is one probe object, and its exit code says how the server is', async () => {
  const here = await place();
  const { code, stdout } = await here.run(['probe', '--json', '--', ...command(here, 'exits-at-once')]);
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({
    state: 'down',
    reason: { code: 'process_exited', layer: 'stdio', message: expect.stringContaining('DATABASE_URL is not set') },
  });
});

test.each([
  [['--'], 'a command is missing after --'],
  [['http://127.0.0.1:1/mcp', '--', 'node'], 'either a URL or id, or a command'],
  [['--header', 'A: b', '--transport', 'sse', '--', 'node'], '--header and --transport goes with a URL'],
])('probe %j is a mistake on the command line, exit 2', async (args, said) => {
  const here = await place();
  const ran = await here.run(['probe', ...args]);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain(said);
});

test('a command of the configuration file is watched, probed by its id, shown without secrets, and not to be added by API', async () => {
  const here = await place();
  const servers = [
    {
      id: 'files',
      command: [...command(here, 'good'), '--key=${FILES_KEY}', 'postgres://me:p4ssw0rd@db/files'],
      env: { API_TOKEN: 'tok-12345' },
      interval: '1s',
      canary: { tool: 'environment', expect: [{ path: 'API_TOKEN', exists: true }] },
    },
  ];
  await here.write('config.yaml', { monitor: { store: 'sqlite:data/a.db', password: 'hunter2hunter2' }, servers });
  const env = { FILES_KEY: 'k-98765' };
  const program = await here.serve({ env });
  const api = openApi(program.url, 'hunter2hunter2');
  const up = await api.becomes('files', 'up');
  expect(up).toMatchObject({
    url: null,
    transport: 'stdio',
    command: [...command(here, 'good'), '--key=***', 'postgres://db/files'],
    config: { env: { API_TOKEN: { set: true } } },
  });
  const [probe] = await api.probes('files');
  const texts = [JSON.stringify(up), JSON.stringify(probe), program.stdout(), program.stderr()].join('\n');
  expect(texts).not.toMatch(/tok-12345|p4ssw0rd|k-98765|hunter2/);
  const refused = await api.send('POST', '/api/v1/servers', { id: 'other', command: ['node'] });
  expect(refused).toMatchObject({ status: 422, text: expect.stringContaining('configuration file only') });

  const { code, stdout } = await here.run(['probe', 'files', '--config', 'config.yaml'], { env });
  expect(stdout).toContain('files is up');
  expect(code).toBe(0);
});

test('no process outlives the monitor', async () => {
  const here = await place();
  const servers = ['silent', 'ignores-everything'].map((mode) => ({
    id: mode,
    command: command(here, mode),
    timeout: '20s',
  }));
  await here.write('config.yaml', { monitor: { store: 'sqlite:data/a.db' }, servers });
  const program = await here.serve();
  const pids = await until(
    async () => {
      const found = await Promise.all(servers.map(({ id }) => pidsIn(here.path(`${id}.pid`))));
      return found.every(({ length }) => length > 0) && found.flat();
    },
    { what: 'both processes run' },
  );
  expect(await program.stop()).toEqual({ code: 0, signal: null });
  await ended(pids);
});
