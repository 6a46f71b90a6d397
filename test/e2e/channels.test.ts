import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { openApi } from '../fixtures/api.ts';
import { openPlace, type Place } from '../fixtures/program.ts';
import { BROKEN, startMoody, WELL } from '../fixtures/targets/moody.ts';
import { until } from '../fixtures/until.ts';
import { channelsAt, KEYS, startVendors, type Vendors } from '../fixtures/vendors.ts';

const SECRETS = Object.values(KEYS);

async function place(): Promise<{ readonly here: Place; readonly vendors: Vendors }> {
  const here = await openPlace();
  onTestFinished(here.close);
  const vendors = await startVendors();
  onTestFinished(vendors.close);
  return { here, vendors };
}

function leaks(text: string): readonly string[] {
  return SECRETS.filter((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret)));
}

test('test-channel says what each receiver answered, yes or no, in its own words', { timeout: 120_000 }, async () => {
  const { here, vendors } = await place();
  const right = channelsAt(vendors.origin);
  const wrong = {
    'no-slack': { type: 'slack', url: `${vendors.origin}/slack/gone` },
    'no-telegram': { ...right.telegram, chat_id: -1 },
    'no-pagerduty': { ...right.pagerduty, routing_key: 'x'.repeat(32) },
  };
  await here.write('config.yaml', { channels: { ...right, ...wrong } });

  for (const [id, words] of [
    ['slack', 'answered 200: ok'],
    ['telegram', 'answered 200: kept as message 42'],
    ['pagerduty', 'answered 202: Event processed'],
  ] as const) {
    const { code, stdout } = await here.run(['test-channel', id]);
    expect(stdout).toMatch(/^Accepted by .* after \d+ ms: /);
    expect(stdout.trim().endsWith(`: ${words}`), stdout).toBe(true);
    expect({ id, code, leaks: leaks(stdout) }).toEqual({ id, code: 0, leaks: [] });
  }
  for (const [id, words] of [
    ['no-slack', 'answered 404: no_service'],
    ['no-telegram', 'answered 200: Bad Request: chat not found'],
    ['no-pagerduty', 'answered 400: Event object is invalid; no such routing key'],
  ] as const) {
    const { code, stdout } = await here.run(['test-channel', id]);
    expect(stdout).toContain('Not accepted by ');
    expect(stdout.trim().endsWith(`: ${words}`), stdout).toBe(true);
    expect(code).toBe(1);
  }
});

const event = z.object({ event_action: z.string(), dedup_key: z.string() });
const alerts = z.array(
  z.object({ labels: z.record(z.string(), z.string()), startsAt: z.iso.datetime(), endsAt: z.iso.datetime() }),
);

test('a channel of every kind, added over the API, is told of the beginning and the end; its secrets never come back', {
  timeout: 120_000,
}, async () => {
  const { here, vendors } = await place();
  const target = await startMoody();
  onTestFinished(target.close);
  target.become(() => WELL);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    defaults: { interval: '1s', confirm: { down: 2, up: 2, recheck: '1s' } },
  });
  const program = await here.serve();
  const api = openApi(program.url);
  const channels = Object.entries(channelsAt(vendors.origin)).map(([id, entry]) => ({ id, ...entry }));
  for (const channel of channels) await api.addChannel(channel);
  for (const { id } of channels) {
    const changed = await api.send('PATCH', `/api/v1/channels/${id}`, { severity: 'warning' });
    expect({ status: changed.status, leaks: leaks(changed.text) }).toEqual({ status: 200, leaks: [] });
    expect(await api.testChannel(id)).toMatchObject({ ok: true });
  }
  vendors.forget();

  await api.addServer({
    id: 'orders',
    name: 'Orders @everyone',
    url: target.url(),
    channels: channels.map(({ id }) => id),
  });
  await api.becomes('orders', 'up');
  target.become(() => BROKEN);
  const told = (count: number) => () => channels.every(({ id }) => vendors.told(id, z.unknown()).length >= count);
  await until(told(1), { what: 'every receiver took the opening', ms: 60_000 });
  target.become(() => WELL);
  await until(told(2), { what: 'every receiver took the end', ms: 60_000 });

  const [opened, resolved] = vendors.told('pagerduty', event);
  expect([opened?.event_action, resolved?.event_action]).toEqual(['trigger', 'resolve']);
  expect(resolved?.dedup_key).toBe(opened?.dedup_key);
  const [firing, ended] = vendors.told('alertmanager', alerts);
  expect(ended?.[0]?.labels).toEqual(firing?.[0]?.labels);
  expect(Date.parse(firing?.[0]?.endsAt ?? '')).toBeGreaterThan(Date.now() + 300 * 24 * 3600_000);
  expect(Date.parse(ended?.[0]?.endsAt ?? '')).toBeLessThanOrEqual(Date.now());
  expect(vendors.told('slack', z.object({ text: z.string() })).map(({ text }) => text.slice(0, 20))).toEqual([
    '🟥 DOWN · Orders @ev',
    '🟢 UP · Orders @ever',
  ]);

  const [incident] = await api.incidents();
  const detail = await api.incident(incident?.id ?? '');
  expect(detail.notices.map(({ status }) => status)).toEqual(Array.from({ length: 14 }, () => 'delivered'));
  for (const { previews, channel } of detail.notices) {
    expect(
      previews.map(({ kind }) => kind),
      `${channel}`,
    ).toEqual(['http']);
    expect(leaks(JSON.stringify(previews))).toEqual([]);
  }
  const answers = await Promise.all(
    ['/channels', '/deliveries', '/channel-kinds', `/incidents/${incident?.id}`].map((path) =>
      api.send('GET', `/api/v1${path}`),
    ),
  );
  for (const { text } of answers) expect(leaks(text)).toEqual([]);
  await program.stop();
  expect(leaks(program.stdout() + program.stderr())).toEqual([]);
});
