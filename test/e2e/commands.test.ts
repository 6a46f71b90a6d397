import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { MAIN, openPlace, type Place } from '../fixtures/program.ts';
import { startHealthy } from '../fixtures/targets/healthy.ts';

async function place(): Promise<Place> {
  const opened = await openPlace();
  onTestFinished(opened.close);
  return opened;
}

const HEALTHY_ON_ANY_PORT = { monitor: { listen: '127.0.0.1:0', store: 'sqlite:data/a.db' }, servers: [] };
const HEALTHY = { monitor: { store: 'sqlite:data/a.db' }, servers: [] };

test('a configuration with mistakes is refused before anything is made: each mistake with line and column, exit 2', async () => {
  const here = await place();
  await here.write(
    'config.yaml',
    'monitor:\n  liste: 127.0.0.1:0\nservers:\n  - { id: Orders, url: "http://127.0.0.1:1/mcp" }\n',
  );
  const { code, stdout, stderr } = await here.run(['serve', '--config', 'config.yaml']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe(
    'config.yaml:2:3  monitor.liste: is not a key the monitor knows. Did you mean `listen`?\n' +
      'config.yaml:4:11  servers[0].id: expected an id of a-z, 0-9 and -, 1 to 64 characters, found "Orders".\n' +
      '\nconfig.yaml has 2 mistakes.\n',
  );
  const data = await here.run(['check-config', 'config.yaml']);
  expect(data).toMatchObject({ code: 2, stdout: '', stderr });
});

test('check-config says that a file is fine and starts nothing', async () => {
  const here = await place();
  await here.write('config.yaml', HEALTHY);
  expect(await here.run(['check-config'])).toMatchObject({
    code: 0,
    stdout: 'config.yaml is fine: 0 servers, 0 channels.\n',
    stderr: '',
  });
});

test('a command loads what the build has compiled, which V8 takes as it is', async () => {
  const here = await place();
  await here.write('config.yaml', HEALTHY);
  const watch = `
    import { syncBuiltinESMExports } from 'node:module';
    import vm from 'node:vm';
    vm.Script = class extends vm.Script {
      constructor(code, options) {
        super(code, options);
        console.error(options.filename, this.cachedDataRejected);
      }
    };
    syncBuiltinESMExports();`;
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(watch)}`;
  const { code, stderr } = await here.run(['check-config'], { env: { NODE_OPTIONS } });
  expect(code).toBe(0);
  expect(stderr).toMatch(/\/check-config-\S+ false\n/);
});

test.each([
  [
    'a file in its way',
    'sqlite:config.yaml/a.db',
    'config.yaml/a.db cannot be written (ENOTDIR). Make the folder config.yaml exist',
  ],
  [
    'a folder nobody can make',
    'sqlite:/proc/none/a.db',
    '/proc/none/a.db cannot be written (ENOENT). Make the folder /proc/none exist',
  ],
])('a store out of reach (%s) is one sentence, exit 1', async (_what, url, beginning) => {
  const here = await place();
  await here.write('config.yaml', HEALTHY);
  const { code, stdout, stderr } = await here.run([
    'serve',
    '--config',
    'config.yaml',
    '--listen',
    '127.0.0.1:0',
    '--store',
    url,
  ]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(
    `alivemcp serve: ${beginning} and be writable for the user that runs AliveMCP, or choose another path with --store.\n`,
  );
});

test('a port in use is one sentence that names the next port, exit 1', async () => {
  const here = await place();
  await here.write('config.yaml', HEALTHY);
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const ran = await here.run(['serve', '--config', 'config.yaml', '--listen', `127.0.0.1:${port}`]);
  expect(ran).toMatchObject({
    code: 1,
    stderr: `alivemcp serve: 127.0.0.1:${port} is in use by another program. Choose another address with --listen, such as --listen 127.0.0.1:${port + 1}.\n`,
  });
});

test('a store written by a newer version is left as it is, exit 1', async () => {
  const here = await place();
  await here.write('config.yaml', HEALTHY);
  await (await here.serve()).stop();
  const db = new Database(here.path('data/a.db'));
  const known = Number(db.pragma('user_version', { simple: true }));
  db.pragma('user_version = 999');
  db.close();
  const { code, stderr } = await here.run(['serve', '--config', 'config.yaml', '--listen', '127.0.0.1:0']);
  expect(code).toBe(1);
  expect(stderr).toBe(
    `alivemcp serve: This store was written by a newer AliveMCP (schema 999; this version knows ${known}). Start that version, or restore a backup.\n`,
  );
  const after = new Database(here.path('data/a.db'), { readonly: true });
  expect([after.pragma('user_version', { simple: true }), after.pragma('quick_check', { simple: true })]).toEqual([
    999,
    'ok',
  ]);
  after.close();
});

test('a second monitor on the same store is refused and the first goes on, exit 1', async () => {
  const here = await place();
  await here.write('config.yaml', HEALTHY);
  const first = await here.serve();
  const { code, stderr } = await here.run(['serve', '--config', 'config.yaml', '--listen', '127.0.0.1:0']);
  expect(code).toBe(1);
  expect(stderr).toBe(
    `alivemcp serve: The store data/a.db is in use by another AliveMCP (process ${first.pid}). Stop that one, or give this one another store with --store.\n`,
  );
  expect((await fetch(`${first.url}/ready`)).status).toBe(200);
});

test('without a password it does not listen where others can reach it, exit 2', async () => {
  const here = await place();
  await here.write('config.yaml', HEALTHY);
  const { code, stderr } = await here.run(['serve', '--config', 'config.yaml', '--listen', '0.0.0.0:0']);
  expect(code).toBe(2);
  expect(stderr).toBe(
    '--listen: others on the network could reach this address; set `monitor.password` as well, or listen on `127.0.0.1`.\n',
  );
});

test.each([
  [['frobnicate'], 'alivemcp: there is no command `frobnicate`. `alivemcp --help` lists what there is.\n'],
  [['import', 'x.json'], 'alivemcp: `import` is not in this version. `alivemcp --help` lists what there is.\n'],
  [['export'], 'alivemcp: `export` is not in this version. `alivemcp --help` lists what there is.\n'],
  [['serve', '--lisen', 'x'], "alivemcp serve: Unknown option '--lisen'. See `alivemcp serve --help`.\n"],
  [
    ['probe', 'localhost:3000/mcp'],
    'alivemcp probe: there is neither config.yaml nor config.example.yaml in this folder to look `localhost:3000/mcp` up in; an address starts with `http://` or `https://`.\n',
  ],
  [['test-channel'], 'alivemcp test-channel: name one channel, such as `alivemcp test-channel ops`.\n'],
])('%j is not understood: one sentence, exit 2', async (args, stderr) => {
  const here = await place();
  expect(await here.run(args)).toMatchObject({ code: 2, stdout: '', stderr });
});

test.each([
  [['--help'], 'alivemcp COMMAND [options]'],
  [['serve', '--help'], 'alivemcp serve [--config FILE]'],
  [['probe', '--help'], 'alivemcp probe URL_OR_ID'],
  [['check-config', '--help'], 'alivemcp check-config [FILE]'],
  [['test-channel', '--help'], 'alivemcp test-channel ID'],
  [['demo', '--help'], 'alivemcp demo [--listen HOST:PORT]'],
  [['--version'], '0.1.0'],
])('%j is answered, exit 0', async (args, part) => {
  const here = await place();
  const { code, stdout, stderr } = await here.run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(part);
});

test('a backup made while the monitor runs starts as the store of another one, with the same servers', async () => {
  const here = await place();
  await here.write('config.yaml', HEALTHY_ON_ANY_PORT);
  const first = await here.serve();
  const added = await fetch(`${first.url}/api/v1/servers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'orders', url: 'http://127.0.0.1:9/mcp', paused: true }),
  });
  expect(added.status).toBe(201);
  const made = await here.run(['backup', 'copy.db']);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.stdout).toMatch(/^Wrote copy\.db \(\d+\.\d MB\) in \d+ ms; it was checked and is whole\.\n$/);
  await first.stop();
  const second = await here.serve({ args: ['--store', 'sqlite:copy.db'] });
  const servers = await fetch(`${second.url}/api/v1/servers`);
  expect(await servers.json()).toMatchObject({ items: [{ id: 'orders' }] });
  expect(await here.run(['backup'])).toMatchObject({ code: 2, stdout: '' });
  expect(await here.run(['backup', 'x.db', '--store', 'sqlite:nowhere.db'])).toMatchObject({ code: 1, stdout: '' });
});

test('probe says when the credentials end, in words and in JSON', async () => {
  const here = await place();
  const target = await startHealthy();
  onTestFinished(target.close);
  const token = ['{"alg":"none"}', '{"exp":4000000000}', 'signature'].map((part) => btoa(part).replaceAll('=', ''));
  const args = ['probe', target.url, '--header', `Authorization: Bearer ${token.join('.')}`];
  const inWords = await here.run(args);
  expect(inWords).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(', credentials end 2096-10-02 07:06:40 UTC'),
  });
  const inJson = await here.run([...args, '--json']);
  expect(JSON.parse(inJson.stdout)).toMatchObject({ credential: { expires_at: '2096-10-02T07:06:40.000Z' } });
});

test('a reader that has left, as `head` does, is no fault: nothing is said, and the exit code is that of the work', async () => {
  const child = spawn(process.execPath, [MAIN, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const said: Buffer[] = [];
  child.stderr.on('data', (piece: Buffer) => said.push(piece));
  const [code] = await once(child, 'close');
  expect({ code, stderr: Buffer.concat(said).toString() }).toEqual({ code: 0, stderr: '' });
});
