import { beforeAll, expect, test } from 'vitest';
import { type Api, openApi } from '../fixtures/api.ts';
import { openPlace } from '../fixtures/program.ts';
import { type Changing, startChanging } from '../fixtures/targets/changing.ts';
import { until } from '../fixtures/until.ts';

const find = { name: 'find', description: 'Finds orders', inputSchema: { type: 'object' } };
const ship = { name: 'ship', description: 'Ships orders', inputSchema: { type: 'object' } };

const CASES = [
  ['tools_changed', 'up', () => [find, ship, { ...ship, name: 'bill' }]],
  ['tools_changed_breaking', 'degraded', () => [find]],
  ['tools_unstable', 'up', (asked: number) => [find, { ...ship, description: `Asked ${asked} times` }]],
  ['tool_invalid', 'up', () => [find, ship, 7]],
] as const;

const idOf = (code: string): string => code.replaceAll('_', '-');

let api: Api;
const targets = new Map<string, Changing>();

/** One server for each case, all up, and then all with other tools. */
beforeAll(async () => {
  const here = await openPlace();
  for (const [code] of CASES) targets.set(code, await startChanging([find, ship]));
  const servers = [...targets].map(([code, { url }]) => ({ id: idOf(code), url }));
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    defaults: { interval: '1s', confirm: { down: 2, up: 2, recheck: '1s' } },
    servers,
  });
  const program = await here.serve();
  api = openApi(program.url);
  for (const { id } of servers) await api.becomes(id, 'up');
  for (const { id } of servers) await api.probed(id, 2);
  for (const [code, , list] of CASES) targets.get(code)?.lists(list);
  return async () => {
    await here.close();
    for (const target of targets.values()) await target.close();
  };
});

test.each(CASES)(
  'a list of tools that is another one is %s, the server %s, until it is the accepted one again',
  async (code, state) => {
    const id = idOf(code);
    const incident = await until(async () => (await api.incidents(`&state=open&server=${id}`))[0], {
      what: 'an incident',
    });
    expect(incident).toMatchObject({ signal: 'tools', reason: { code, layer: 'drift' } });
    const server = await api.server(id);
    expect(server.state).toBe(state);
    expect(server.standing.find(({ signal }) => signal === 'tools')?.reason).toMatchObject({ code });
    // What leaves the server up is no reason of a probe, but a signal of it.
    const [probe] = await api.probes(id);
    expect([probe?.signals.tools, probe?.reason?.code]).toEqual(state === 'up' ? ['warn', undefined] : ['fail', code]);

    targets.get(code)?.lists([find, ship]);
    await until(async () => (await api.incident(incident.id)).state === 'resolved', { what: 'its end' });
    expect(await api.server(id)).toMatchObject({ state: 'up', reason: null });
  },
);
