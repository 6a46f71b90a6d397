import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { groupBy } from '../../src/core/group.ts';
import { SELF_ID } from '../../src/core/self.ts';
import { Channel } from '../../src/http/schema-incident.ts';
import { type Api, openApi } from '../fixtures/api.ts';
import { openPlace, type Place, type Program } from '../fixtures/program.ts';
import { startReceiver } from '../fixtures/receiver.ts';
import { BROKEN, startMoody, type Visit, WELL } from '../fixtures/targets/moody.ts';
import { until } from '../fixtures/until.ts';

const ROUNDS = 25;
const SERVERS = Array.from({ length: 6 }, (_, at) => `server-${at}`);

const body = z.object({
  event: z.enum(['incident.opened', 'incident.resolved']),
  incident_id: z.string(),
  was_down: z.boolean(),
});

interface Heard extends z.output<typeof body> {
  readonly id: string;
  readonly isAccepted: boolean;
}

/** Numbers that come back run after run: a failure can be looked at again. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Bad and well in turn, each server in a rhythm of its own, 4 to 9 s long. */
function flapping(startedAt: number): (visit: Visit) => typeof BROKEN | typeof WELL {
  return ({ path, at }) => {
    const n = SERVERS.indexOf(path);
    return ((at - startedAt) / 1000 / (4 + n)) % 2 < 1 ? WELL : BROKEN;
  };
}

test(`killed ${ROUNDS} times at any moment, it loses no incident and tells each once, its end after its beginning`, async () => {
  const target = await startMoody();
  onTestFinished(target.close);
  const heard: Heard[] = [];
  // Of three notices one is refused and one is cut off at its first try.
  const receiver = await startReceiver((response, { headers, body: text }) => {
    const id = String(headers['webhook-id']);
    const kind = (Number.parseInt(id.slice(-2), 16) || 0) % 3;
    const isFirst = !heard.some((one) => one.id === id);
    const isAccepted = kind === 0 || !isFirst;
    heard.push({ ...body.parse(JSON.parse(text)), id, isAccepted });
    if (isAccepted) response.writeHead(204).end();
    else if (kind === 1) response.writeHead(503).end();
    else response.destroy();
  });
  onTestFinished(receiver.close);
  const here = await openPlace();
  onTestFinished(here.close);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    defaults: { interval: '1s', confirm: { down: 2, up: 2, recheck: '1s' }, channels: ['pager'] },
    channels: { pager: { type: 'webhook', url: receiver.url } },
    servers: SERVERS.map((id) => ({ id, url: target.url(id) })),
  });

  const random = createRandom(4711);
  const known = new Set<string>();
  target.become(flapping(performance.now()));
  for (let round = 0; round < ROUNDS; round += 1) await killedRound(here, random() * 4000, known);

  target.become(WELL);
  const last = await here.serve();
  const api = openApi(last.url);
  await until(async () => (await api.servers()).every(({ state }) => state === 'up'), {
    what: 'all are up',
    ms: 20_000,
  });
  await until(() => hasTold(api), { what: 'everything is told', ms: 60_000, everyMs: 250 });
  const incidents = await api.incidents();
  const deliveries = await api.deliveries();
  const ids = new Set(incidents.map(({ id }) => id));
  expect(
    [...known].filter((id) => !ids.has(id)),
    'incidents that were lost',
  ).toEqual([]);
  expect(incidents.filter(({ state }) => state === 'open')).toEqual([]);
  expect(incidents.length).toBeGreaterThan(ROUNDS / 2);

  // Where the channel rested, an incident of the monitor itself says so; with one channel there is nobody to tell.
  for (const { id, told } of incidents.filter(({ server }) => server.id !== SELF_ID)) {
    const notices = deliveries
      .filter(({ incident }) => incident === id)
      .map(({ event, status }) => `${event} ${status}`);
    expect(
      [
        ['incident.opened delivered', 'incident.resolved delivered'],
        ['incident.opened merged', 'incident.resolved delivered'],
        [],
      ],
      id,
    ).toContainEqual(notices.toSorted());
    expect(notices.length > 0, id).toBe(told !== null);
    expect(toldOf(heard, id), id).toEqual(notices.length === 0 ? [] : expectedOf(notices));
  }
  const perNotice = groupBy(heard, ({ incident_id, event }) => `${incident_id} ${event}`);
  const doubled = [...perNotice].filter(([, tries]) => new Set(tries.map(({ id }) => id)).size !== 1);
  expect(doubled, 'notices told under two ids').toEqual([]);

  expect(await last.stop()).toEqual({ code: 0, signal: null });
  const db = new Database(here.path('data/a.db'), { readonly: true });
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
  const repeats =
    heard.filter(({ isAccepted }) => isAccepted).length -
    deliveries.filter(({ status }) => status === 'delivered').length;
  console.info(
    `${incidents.length} incidents, ${deliveries.length} notices, ${heard.length} tries heard, ${repeats} accepted twice under the same id`,
  );
});

/** Starts, says which incidents it knows, and is killed `afterMs` after that. */
async function killedRound(here: Place, afterMs: number, known: Set<string>): Promise<void> {
  const program = await here.serve();
  const api = openApi(program.url);
  const from = performance.now();
  const incidents = await api.incidents();
  const seen = new Set(incidents.map(({ id }) => id));
  expect(
    [...known].filter((id) => !seen.has(id)),
    'incidents that were lost',
  ).toEqual([]);
  await until(() => performance.now() - from >= afterMs, { what: 'the moment to die', everyMs: 5 });
  for (const { id } of afterMs > 1000 ? await api.incidents() : incidents) known.add(id);
  await end(program);
}

async function end(program: Program): Promise<void> {
  expect(await program.stop('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
  expect(program.stderr()).toBe('');
  expect(program.stdout()).not.toMatch(/"level":50/);
}

async function hasTold(api: Api): Promise<boolean> {
  const deliveries = await api.deliveries();
  const { circuit } = Channel.parse(JSON.parse((await api.send('GET', '/api/v1/channels/pager')).text)).delivery;
  for (const { id, status, next_try_at: next } of deliveries) {
    // Kills lengthen the waits between tries, and let the channel rest; nobody has to wait for that here.
    const isFar = status === 'pending' && next !== null && Date.parse(next) > Date.now() + 8000;
    if (isFar || (status === 'pending' && circuit === 'open'))
      await api.send('POST', `/api/v1/deliveries/${id}/resend`);
  }
  return deliveries.every(({ status }) => status !== 'pending');
}

/** What the receiver accepted of an incident, repeats left out, in order. */
function toldOf(heard: readonly Heard[], incident: string): readonly string[] {
  const accepted = heard.filter(({ incident_id: id, isAccepted }) => id === incident && isAccepted);
  const first = accepted.filter(({ id }, at) => accepted.findIndex((one) => one.id === id) === at);
  return first.map(({ event, was_down: wasDown }) => `${event}${wasDown ? ' was down' : ''}`);
}

function expectedOf(notices: readonly string[]): readonly string[] {
  return notices.includes('incident.opened merged')
    ? ['incident.resolved was down']
    : ['incident.opened', 'incident.resolved'];
}
