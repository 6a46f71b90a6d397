import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { Probe } from '../../src/http/schema-probe.ts';
import { openApi } from '../fixtures/api.ts';
import { openPlace, type Place } from '../fixtures/program.ts';
import { createRandom } from '../fixtures/random.ts';
import { startMoody } from '../fixtures/targets/moody.ts';
import { until } from '../fixtures/until.ts';

/** 200 in a long run. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 8);
const IDS = Array.from({ length: 20 }, (_, at) => `server-${at}`);
const STORE = 'data/a.db';
/** A plain result is on disk a second after its probe ended; the rest is for a busy machine. */
const ON_DISK_MS = 2500;
const EVERY_MS = 2000;

/** The first instant of the day of a table `probes_YYYYMMDD`. */
function startOf(table: string): number {
  return Date.parse(table.replace(/^\D+(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'));
}

/** The starts of the probes that a file holds, by server. */
function startsIn(file: string): ReadonlyMap<string, readonly number[]> {
  const db = new Database(file, { readonly: true });
  try {
    expect(db.pragma('quick_check', { simple: true })).toBe('ok');
    const days = db.prepare("SELECT name FROM sqlite_master WHERE name GLOB 'probes_[0-9]*'").pluck().all();
    const rows = days.flatMap((day) =>
      z
        .array(z.object({ id: z.string(), at: z.int() }))
        .parse(
          db
            .prepare(
              `SELECT server.id, probe.id % ${2 ** 27} AS at FROM ${String(day)} AS probe JOIN server ON n = probe.id / ${2 ** 27}`,
            )
            .all(),
        )
        .map(({ id, at }) => ({ id, at: at + startOf(String(day)) })),
    );
    return new Map(IDS.map((id) => [id, rows.filter((row) => row.id === id).map(({ at }) => at)]));
  } finally {
    db.close();
  }
}

test(`killed ${ROUNDS} times at any moment: what was answered is there, no result older than a second or two is missing, and the store is sound`, {
  timeout: 60_000 + ROUNDS * 15_000,
}, async () => {
  const target = await startMoody();
  onTestFinished(target.close);
  const here = await openPlace();
  onTestFinished(here.close);
  await here.write('config.yaml', {
    monitor: { store: `sqlite:${STORE}`, concurrency: { total: 50, per_origin: 50 } },
    defaults: { interval: `${EVERY_MS}ms`, channels: [] },
    servers: IDS.map((id) => ({ id, url: target.url(id) })),
  });
  const random = createRandom(20_26);
  const answered = new Map<string, string>();
  let visits = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    target.forgetVisits();
    const killedAt = await killedRound(here, { random, answered });
    const stored = startsIn(here.path(STORE));
    for (const { path, at } of target.visits()) {
      if (at > killedAt - ON_DISK_MS) continue;
      visits += 1;
      // The target sees a probe a moment after it began; both clocks are this machine's.
      const wall = performance.timeOrigin + at;
      const began = stored.get(path)?.map((start) => Math.round(wall - start)) ?? [];
      if (began.some((ms) => ms > -50 && ms < EVERY_MS - 100)) continue;
      const near = began.filter((ms) => Math.abs(ms) < 5 * EVERY_MS).join(', ');
      const seen = Math.round(killedAt - at);
      expect.fail(
        `round ${round}: a probe of ${path}, seen ${seen} ms before the kill, is not stored; those near it began ${near} ms before it`,
      );
    }
  }
  const last = await here.serve();
  const api = openApi(last.url);
  for (const [id, server] of answered)
    expect((await api.send('GET', `/api/v1/servers/${server}/probes/${id}`)).status, `${server} ${id}`).toBe(200);
  console.info(`${visits} probes that had to be stored, ${answered.size} answered by hand, none missing`);
  expect(answered.size).toBeGreaterThanOrEqual(ROUNDS / 2);
  expect(await last.stop()).toEqual({ code: 0, signal: null });
});

/** Starts, probes by hand until it is killed, and resolves with `performance.now()` of the kill. */
async function killedRound(
  here: Place,
  { random, answered }: { readonly random: () => number; readonly answered: Map<string, string> },
): Promise<number> {
  const program = await here.serve();
  const api = openApi(program.url);
  const end = performance.now() + 1000 + random() * 5000;
  let isOver = false;
  const byHand = (async () => {
    while (!isOver) {
      const id = IDS[Math.floor(random() * IDS.length)] ?? '';
      const answer = await api.send('POST', `/api/v1/servers/${id}/probe`).catch(() => null);
      const probe = answer?.status === 200 ? Probe.parse(JSON.parse(answer.text)).id : null;
      if (probe !== null) answered.set(probe, id);
    }
  })();
  await until(() => performance.now() >= end, { what: 'the moment to die', everyMs: 5 });
  isOver = true;
  const killedAt = performance.now();
  expect(await program.stop('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
  await byHand;
  return killedAt;
}
