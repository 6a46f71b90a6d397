import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../src/engine/system-clock.ts';
import { openStore } from '../../src/store/open.ts';
import { openApi } from '../fixtures/api.ts';
import { aNotice, anIncident } from '../fixtures/notices.ts';
import { openPlace, type Place } from '../fixtures/program.ts';
import { startReceiver } from '../fixtures/receiver.ts';
import { until } from '../fixtures/until.ts';
import { keepingLog } from '../store/quiet.ts';

const NOTICES = 1500;
/** No multiple of the moods, so that each channel meets all of them. */
const CHANNELS = 25;
/** Killing goes on until nothing waits, and no longer than this. */
const KILLING_MS = 90_000;
const SECRET = `whsec_${Buffer.from('thirty-two bytes for a signature').toString('base64')}`;

const idOf = (n: number): string => `notice-${String(n).padStart(4, '0')}`;

/** Numbers that come back run after run: a failure can be looked at again. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Of six notices one is refused at its first try, one is taken and its answer cut off, and one is left hanging. */
async function startTroubled() {
  const heard: { readonly id: string; readonly incident: string; readonly isTaken: boolean }[] = [];
  const tries = new Map<string, number>();
  const badSignatures: string[] = [];
  let isMended = false;
  const receiver = await startReceiver((response, { headers, body }) => {
    const id = String(headers['webhook-id']);
    const nth = (tries.get(id) ?? 0) + 1;
    tries.set(id, nth);
    const mood = isMended || nth > 1 ? 'well' : MOODS[Number(id.slice(-4)) % MOODS.length];
    const incident = z.object({ incident_id: z.string() }).parse(JSON.parse(body)).incident_id;
    heard.push({ id, incident, isTaken: mood === 'well' || mood === 'cuts off' });
    if (headers['webhook-signature'] !== undefined && !isSigned(headers, body)) badSignatures.push(id);
    if (mood === 'well') response.writeHead(204).end();
    else if (mood === 'refuses') response.writeHead(503).end();
    else if (mood === 'cuts off') response.destroy();
  });
  onTestFinished(receiver.close);
  const taken = () => new Set(heard.flatMap(({ id, isTaken }) => (isTaken ? [id] : [])));
  const mend = () => {
    isMended = true;
  };
  return { url: receiver.url, heard, badSignatures, taken, mend };
}
const MOODS = ['well', 'refuses', 'well', 'cuts off', 'well', 'hangs'] as const;

function isSigned(headers: Readonly<Record<string, unknown>>, body: string): boolean {
  const signed = Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name])]),
  );
  try {
    new Webhook(SECRET).verify(body, signed);
    return true;
  } catch {
    return false;
  }
}

/** A store in which that many notices wait, each of an incident of its own. */
async function fill(file: string, channels: readonly string[]): Promise<void> {
  const store = await openStore({ url: `sqlite:${file}`, clock: systemClock, log: keepingLog() });
  for (let n = 0; n < NOTICES; n += 1) {
    const at = Date.now() - 1000;
    const incident = anIncident({ id: `incident-${n}`, startedAt: at - 60_000, openedAt: at, resolvedAt: at + 1 });
    const notice = aNotice({ id: idOf(n), at, incident, dedupKey: `alivemcp-incident-${n}` });
    await store.saveIncident(incident, [{ notice, channel: channels[n % channels.length] ?? null }]);
  }
  await store.close();
}

/** Runs it, kills it 250 to 600 ms after it said that it runs, and so on. Resolves with the number of kills. */
async function killing(run: () => Promise<() => Promise<unknown>>, isOver: () => boolean): Promise<number> {
  const random = createRandom(4711);
  const from = performance.now();
  let kills = 0;
  while (!isOver() && performance.now() - from < KILLING_MS) {
    const kill = await run();
    const lifeMs = 250 + 350 * random();
    await new Promise((resolve) => setTimeout(resolve, lifeMs));
    await kill();
    kills += 1;
  }
  return kills;
}

async function openMonitor(url: string): Promise<Place> {
  const here = await openPlace();
  onTestFinished(here.close);
  const channels = Array.from({ length: CHANNELS }, (_, n) => `pager-${n}`);
  await here.write('config.yaml', {
    monitor: { store: 'sqlite:data/a.db' },
    channels: Object.fromEntries(channels.map((id) => [id, { type: 'webhook', url, secret: SECRET }])),
    servers: [{ id: 'orders', url: 'http://127.0.0.1:9/mcp', paused: true, channels }],
  });
  await mkdir(here.path('data'));
  await fill(here.path('data/a.db'), channels);
  return here;
}

test(`killed every quarter to half second through ${NOTICES} notices, it loses none; what it repeats has the same id`, {
  timeout: 240_000,
}, async () => {
  const { url, heard, badSignatures, taken, mend } = await startTroubled();
  const here = await openMonitor(url);
  const run = async () => {
    const program = await here.serve();
    return () => program.stop('SIGKILL');
  };
  const kills = await killing(run, () => taken().size === NOTICES);

  const underKills = taken().size;
  mend();
  const last = await here.serve();
  const api = openApi(last.url);
  await until(async () => (await api.monitor()).outbox.pending === 0, {
    what: 'nothing waits any more',
    ms: 90_000,
    everyMs: 500,
  });
  expect(Array.from({ length: NOTICES }, (_, n) => idOf(n)).filter((id) => !taken().has(id))).toEqual([]);
  expect(badSignatures).toEqual([]);
  const ids = new Map<string, Set<string>>();
  for (const { id, incident } of heard) ids.set(incident, (ids.get(incident) ?? new Set()).add(id));
  expect([...ids].filter(([, all]) => all.size !== 1)).toEqual([]);
  expect(ids.size).toBe(NOTICES);
  expect(kills).toBeGreaterThanOrEqual(15);
  expect(underKills).toBeGreaterThan(NOTICES / 3);
  await last.stop();

  const db = new Database(here.path('data/a.db'), { readonly: true });
  const statuses = db.prepare('SELECT status, count(*) AS count FROM outbox GROUP BY status').all();
  expect(statuses).toEqual([{ status: 'delivered', count: NOTICES }]);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
  const repeats = heard.filter(({ isTaken }) => isTaken).length - NOTICES;
  console.info(
    `${NOTICES} notices, ${kills} kills while ${underKills} were taken: 0 lost, ${repeats} taken twice under the same id, ${heard.length} tries`,
  );
});

test('the control: what marks first and sends then loses notices to the same kills', { timeout: 120_000 }, async () => {
  const { url, taken } = await startTroubled();
  const here = await openPlace();
  onTestFinished(here.close);
  const file = here.path('control.db');
  const db = new Database(file);
  db.exec('CREATE TABLE notice (n INTEGER PRIMARY KEY, id TEXT, body TEXT, status TEXT, next_try_at INTEGER)');
  const put = db.prepare("INSERT INTO notice (id, body, status, next_try_at) VALUES (?, ?, 'pending', 0)");
  db.transaction(() => {
    for (let n = 0; n < 100; n += 1) put.run(idOf(n), JSON.stringify({ incident_id: `incident-${n}` }));
  })();
  const waiting = db.prepare("SELECT count(*) FROM notice WHERE status = 'pending'").pluck();
  const run = async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'mark-first.mjs'), file, url]);
    const ended = once(child, 'close');
    await Promise.race([once(child.stdout, 'data'), ended]);
    return async () => {
      child.kill('SIGKILL');
      await ended;
    };
  };
  const kills = await killing(run, () => waiting.get() === 0);
  const sent = z.array(z.string()).parse(db.prepare("SELECT id FROM notice WHERE status = 'delivered'").pluck().all());
  db.close();
  const lost = sent.filter((id) => !taken().has(id));
  expect(lost.length).toBeGreaterThan(0);
  console.info(`marked first: of ${sent.length} marked as sent, ${lost.length} were lost to ${kills} kills`);
});
