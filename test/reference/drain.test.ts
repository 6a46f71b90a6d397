import { expect, onTestFinished, test } from 'vitest';
import { openApi } from '../fixtures/api.ts';
import { openPlace } from '../fixtures/program.ts';
import { startReceiver } from '../fixtures/receiver.ts';
import { until } from '../fixtures/until.ts';
import { APP_PASSWORD, APP_ROLE, startCluster } from './cluster.ts';
import { startReferences } from './reference.ts';

test('a server that drains and comes back is told from one that crashes', { timeout: 120_000 }, async () => {
  const cluster = await startCluster({ maxConnections: 50 });
  onTestFinished(cluster.close);
  const database = { port: cluster.port, user: APP_ROLE, password: APP_PASSWORD };
  const drains = await startReferences([{ database, drainMs: 6000 }]);
  onTestFinished(drains.close);
  const crashes = await startReferences([{ database }]);
  onTestFinished(crashes.close);
  const pager = await startReceiver();
  onTestFinished(pager.close);
  const here = await openPlace();
  onTestFinished(here.close);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    defaults: { interval: '1s', confirm: { down: 2, up: 2, recheck: '1s' }, channels: ['ops'] },
    channels: { ops: { type: 'webhook', url: pager.url } },
    servers: [
      { id: 'drains', ...drains.servers[0]?.entry },
      { id: 'crashes', ...crashes.servers[0]?.entry },
    ],
  });
  const program = await here.serve();
  const api = openApi(program.url);
  for (const id of ['drains', 'crashes']) await api.becomes(id, 'up', 60_000);
  const over = (id: string) =>
    until(
      async () => {
        const seen = await api.incidents(`&server=${id}`);
        return seen.length > 0 && seen.every(({ state }) => state === 'resolved') && seen;
      },
      { what: `${id} is over`, ms: 60_000 },
    );
  const factsOf = (seen: Awaited<ReturnType<typeof over>>) =>
    seen.flatMap(({ evidence }) => evidence.facts.filter(({ label }) => label === 'process').map(({ value }) => value));

  await Promise.all([drains.drain(), crashes.close()]);
  // The last probe before it is back may meet it half started, so what was seen while it was gone is kept here.
  const seen = new Set<string>();
  await until(
    async () => {
      for (const fact of factsOf(await api.incidents('&server=drains'))) seen.add(fact);
      return [...seen].some((fact) => fact.startsWith('gone'));
    },
    { what: 'drains is gone', ms: 60_000 },
  );
  await api.becomes('drains', 'down', 60_000);
  await api.becomes('crashes', 'down', 60_000);
  await Promise.all([drains.restart(), crashes.restart()]);

  const drained = await over('drains');
  expect(new Set(drained.map(({ likely_cause: cause }) => cause?.code))).toEqual(new Set(['draining']));
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'running, out of rotation: live, but not ready',
      expect.stringMatching(/^gone, after it had taken itself out of rotation at \d\d:\d\d:\d\d UTC$/),
    ]),
  );
  expect(drained[0]?.likely_cause?.explanation).toMatch(
    /^It took itself out of rotation, .* a restart, not a crash\.$/,
  );

  const crashed = await over('crashes');
  expect(crashed.map(({ likely_cause: cause }) => cause?.code ?? null)).not.toContain('draining');
  expect(factsOf(crashed)).toContain('gone: its health URLs are not answered either');
  const told = await until(
    () => {
      const bodies = pager.posts.map(({ body }): { event: string; server: { id: string } } => JSON.parse(body));
      return bodies.some(({ event, server }) => event === 'incident.resolved' && server.id === 'drains') && pager.posts;
    },
    { what: 'the restart is told' },
  );
  expect(told.map(({ body }) => body).join()).toContain('a restart, not a crash');
  expect(program.stderr()).toBe('');
});
