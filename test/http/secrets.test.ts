import { expect, test } from 'vitest';
import { aReport, callTool } from '../fixtures/facts.ts';
import { aNotice, anIncident } from '../fixtures/notices.ts';
import { readEvents } from './events.ts';
import { start } from './start.ts';

const CANARY = 'c4n4ry-s3cret-value';

/** Every way to read something, once everything that can hold a secret does. */
const READS = [
  '/api/v1/summary',
  '/api/v1/monitor',
  '/api/v1/servers',
  '/api/v1/servers?q=orders',
  '/api/v1/servers/beats',
  '/api/v1/servers/orders',
  '/api/v1/servers/orders/probes',
  '/api/v1/servers/orders/probes/p1',
  '/api/v1/servers/orders/latency',
  '/api/v1/servers/orders/uptime',
  '/api/v1/incidents',
  '/api/v1/incidents/inc-1',
  '/api/v1/channels',
  '/api/v1/channels/ops',
  '/api/v1/deliveries',
  '/api/v1/deliveries/note-1',
  '/api/v1/deliveries/note-1/mail',
  '/api/v1/openapi.json',
  '/api/docs',
  '/metrics',
  '/live',
  '/ready',
  '/',
];

async function loaded() {
  const app = await start({ password: CANARY });
  const url = `https://user:${CANARY}@orders.example.com/mcp?key=${CANARY}`;
  const ready = `https://orders.example.com/ready?key=${CANARY}`;
  app.monitor.watch(
    {
      id: 'orders',
      url,
      headers: { 'x-api-key': CANARY },
      auth: { type: 'bearer', token: CANARY },
      canaries: [{ ...callTool, arguments: { token: CANARY } }],
      healthUrl: { ready, live: null, headers: { authorization: CANARY }, expectStatus: null },
    },
    aReport({
      health: { ready: { kind: 'answer', url: ready, status: 200, ms: 1, text: 'ok', json: undefined }, live: null },
    }),
    { id: 'orders', headers: { 'x-api-key': CANARY }, auth: { type: 'bearer', token: CANARY } },
  );
  app.monitor.listen({ id: 'ops' }, { id: 'ops', type: 'email', smtp: `smtp://user:${CANARY}@mail` });
  app.memory.incidents = [anIncident()];
  app.memory.notices = [
    {
      notice: aNotice({ server: { ...aNotice().server, url } }),
      channel: 'ops',
      status: 'delivered',
      message: null,
      nextTryAt: null,
      deliveries: [],
    },
  ];
  return app;
}

test.each(READS)('%s holds no secret', async (path) => {
  const { get, log } = await loaded();
  const answer = await get(path, { authorization: `Bearer ${CANARY}` });
  expect(answer.status).toBeLessThan(500);
  expect(answer.text + JSON.stringify(answer.headers)).not.toContain(CANARY);
  expect(log.join()).not.toContain(CANARY);
});

test('live events hold no secret', async () => {
  const { url, monitor } = await loaded();
  const events = readEvents(await fetch(`${url}/api/v1/events`, { headers: { authorization: `Bearer ${CANARY}` } }));
  monitor.emit({ kind: 'server', id: 'orders', stateChanged: true });
  monitor.emit({ kind: 'incident', incident: anIncident() });
  for (const _ of [1, 2]) expect(JSON.stringify(await events.next())).not.toContain(CANARY);
});

test('a refused entry does not come back with what was in it', async () => {
  const { call, log } = await loaded();
  const headers = { authorization: `Bearer ${CANARY}` };
  for (const body of [{ auth: { token: CANARY } }, { command: CANARY }, [CANARY]]) {
    const answer = await call('POST', '/api/v1/servers', body, headers);
    expect(answer.status).toBe(422);
    expect(answer.text + log.join()).not.toContain(CANARY);
  }
});
