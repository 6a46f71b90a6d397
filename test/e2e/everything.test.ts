import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openApi } from '../fixtures/api.ts';
import { openPlace } from '../fixtures/program.ts';
import { closedPort } from '../fixtures/targets/deaf.ts';
import { until } from '../fixtures/until.ts';

const PUBLISHED = dirname(
  createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/package.json'),
);

/** The published server as its users start it; resolves once its port answers. */
async function startEverything(port: number): Promise<ChildProcess> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [join(PUBLISHED, 'dist/index.js'), 'streamableHttp'], {
    env: { PATH, PORT: String(port) },
    stdio: 'ignore',
  });
  onTestFinished(() => end(child));
  const isListening = () =>
    fetch(`http://127.0.0.1:${port}/mcp`).then(
      () => true,
      () => false,
    );
  await until(isListening, { what: 'server-everything listens', ms: 60_000 });
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

test('a published server, registered through the API, is up; killed it is down with an incident; started again it is up', {
  timeout: 120_000,
}, async () => {
  const port = await closedPort();
  const everything = await startEverything(port);
  const here = await openPlace();
  onTestFinished(here.close);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    defaults: { interval: '1s', confirm: { down: 2, up: 2, recheck: '1s' } },
  });
  const program = await here.serve();
  const api = openApi(program.url);
  const added = await api.addServer({
    id: 'everything',
    name: 'Everything',
    url: `http://127.0.0.1:${port}/mcp`,
    canary: {
      tool: 'echo',
      arguments: { message: 'are you there?' },
      expect: [{ path: '', contains: 'are you there?' }],
    },
  });
  expect(added).toMatchObject({ state: 'unknown', source: 'ui' });
  const up = await api.becomes('everything', 'up');
  expect(up.tool_count).toBeGreaterThan(5);
  expect(up).toMatchObject({
    reason: null,
    signals: { protocol: 'ok', canary: 'ok' },
    last_probe: { canary: { tool: 'echo', text: 'Echo: are you there?' } },
  });

  const killedAt = Date.now();
  await end(everything);
  expect(await api.becomes('everything', 'down')).toMatchObject({
    reason: { code: 'tcp_refused', layer: 'transport' },
  });
  console.info(`down ${Date.now() - killedAt} ms after it was killed`);
  const [incident, ...more] = await api.incidents();
  expect(more).toEqual([]);
  expect(incident).toMatchObject({ state: 'open', signal: 'protocol', severity: 'critical', told: [] });
  expect((await api.summary()).reached_nobody).toMatchObject({ count: 1 });

  await startEverything(port);
  await api.becomes('everything', 'up', 60_000);
  expect(await api.incident(incident?.id ?? '')).toMatchObject({
    state: 'resolved',
    notices: [
      { event: 'incident.opened', status: 'nobody', channel: null, previews: [{ kind: 'email' }, { kind: 'http' }] },
      { event: 'incident.resolved', status: 'nobody' },
    ],
  });
});
