import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../test/fixtures/until.ts';
import { costOf, measure } from './fleet.ts';
import { machine, rssMbOf, startTarget, table } from './processes.ts';

/**
 * What one POST costs Uptime Kuma, beside a full probe of ours and bare undici doing that probe's five requests, in one
 * run: 300 servers every 20 s, as it takes minutes to have more put in. `npm run bench -- kuma FOLDER [SECONDS]`; FOLDER holds Uptime Kuma 2 with its packages.
 */
const [, , folder = '', given = '60'] = process.argv;
const seconds = Number(given);
const [SERVERS, EVERY_MS] = [300, 20_000];
const ACCOUNT = { username: 'bench', password: 'a-password-of-1-bench' };
const ASKED = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'kuma', version: '1' } },
};

const here = createRequire(join(resolve(folder), 'package.json'));
const { version } = here('./package.json');
const kuma = await ofKuma();
const ours = await measure({ servers: SERVERS, everyMs: EVERY_MS, seconds, tls: null });
const times = (ms: number): string => (ms / ours.floor.msEach).toFixed(2);
console.log(`${machine()}; ${SERVERS} servers × ${EVERY_MS / 1000} s, ${seconds} s each\n`);
console.log(
  table(
    ['who', 'one check is', 'CPU ms a check', 'ratio', 'RSS MB'],
    [
      ['bare undici', '5 requests', ours.floor.msEach.toFixed(2), '1.00', '–'],
      [
        'AliveMCP',
        '5 requests, judged, stored, shown',
        ours.cost.msEach.toFixed(2),
        times(ours.cost.msEach),
        ours.rssMb.toFixed(0),
      ],
      [
        `Uptime Kuma ${version}`,
        '1 POST, a keyword, stored',
        kuma.msEach.toFixed(2),
        times(kuma.msEach),
        kuma.rssMb.toFixed(0),
      ],
    ],
  ),
);

async function ofKuma(): Promise<{ readonly msEach: number; readonly rssMb: number }> {
  const data = await mkdtemp(join(tmpdir(), 'kuma-'));
  const target = await startTarget(null);
  const port = await freePort();
  await writeFile(join(data, 'db-config.json'), JSON.stringify({ type: 'sqlite' }));
  const args = ['server/server.js', '--host=127.0.0.1', `--port=${port}`, `--data-dir=${data}/`];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const pid = child.pid ?? 0;
  try {
    const socket = await enter(`http://127.0.0.1:${port}`);
    for (let n = 0; n < SERVERS; n += 1) await socket.ask('add', monitorOf(`${target.origin}/mcp/${n}`, n));
    await until(async () => (await target.seen()) >= SERVERS, { what: 'Kuma asked each', ms: 300_000, everyMs: 500 });
    socket.close();
    await wait(EVERY_MS);
    const { msEach } = await costOf({ pid }, target, seconds);
    return { msEach, rssMb: rssMbOf(pid) };
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
    target.close();
    await rm(data, { recursive: true, force: true });
  }
}

interface Socket {
  /** Rejects where Kuma refuses. */
  ask(what: string, ...args: readonly unknown[]): Promise<void>;
  close(): void;
}

/** Makes an account and signs in with it, once Kuma listens. */
async function enter(url: string): Promise<Socket> {
  const { io } = here('socket.io-client');
  const socket = io(url, { reconnectionDelay: 200, reconnectionDelayMax: 500 });
  const ask = async (what: string, ...args: readonly unknown[]): Promise<void> => {
    const { ok, msg } = await socket.timeout(60_000).emitWithAck(what, ...args);
    if (!ok) throw new Error(`Uptime Kuma refused to ${what}: ${msg}`);
  };
  await until(() => socket.connected, { what: 'Uptime Kuma listens', ms: 120_000, everyMs: 200 });
  await ask('setup', ACCOUNT.username, ACCOUNT.password);
  await ask('login', { ...ACCOUNT, token: '' });
  return { ask, close: () => void socket.close() };
}

function monitorOf(url: string, n: number): object {
  return {
    type: 'keyword',
    name: `server-${n}`,
    url,
    method: 'POST',
    body: JSON.stringify(ASKED),
    headers: JSON.stringify({ accept: 'application/json, text/event-stream' }),
    httpBodyEncoding: 'json',
    keyword: 'serverInfo',
    interval: EVERY_MS / 1000,
    retryInterval: EVERY_MS / 1000,
    resendInterval: 0,
    maxretries: 0,
    maxredirects: 0,
    timeout: 16,
    accepted_statuscodes: ['200-299'],
    notificationIDList: {},
    authMethod: null,
    kafkaProducerBrokers: [],
    kafkaProducerSaslOptions: { mechanism: 'None' },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return address.port;
}
