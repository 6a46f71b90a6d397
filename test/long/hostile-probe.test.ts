import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { REASONS, type ReasonCode } from '../../src/core/reasons.ts';
import { Probe } from '../../src/http/schema-probe.ts';
import { type HostileEntry, hostileEntries } from '../fixtures/hostile-entries.ts';
import { inParallel } from '../fixtures/in-parallel.ts';
import { openPlace, type Place, type Ran } from '../fixtures/program.ts';
import { type Apart, startApart } from '../fixtures/targets/apart.ts';

/*
 * Every row of the hostile target, each probed by the built program in a process of its own, four at once. What is
 * allowed beside the deadline is measured with a good target in the same run, because other things may run on this machine.
 */
const AT_ONCE = 4;
const CONTROLS = 12;

/** Writes when the process began and ended, and its memory at the peak. `maxRSS` would count that of the process it was forked from. */
const WATCH = `
  process.on('exit', () => {
    const { readFileSync, writeFileSync } = require('node:fs');
    const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
    const peakKb = Number(/VmHWM:\\s+(\\d+) kB/.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
    writeFileSync(process.env.WATCH_FILE, JSON.stringify({ peakKb, endedAt: performance.timeOrigin + performance.now() }));
  });
`;
const Watched = z.object({ peakKb: z.number(), endedAt: z.number() });

interface Seen {
  readonly ran: Ran;
  readonly probe: z.output<typeof Probe>;
  /** Between the end of the probe and that of the process. */
  readonly lingerMs: number;
  readonly peakMb: number;
}

let [here, apart]: [Place | null, Apart | null] = [null, null];
let entries: readonly HostileEntry[] = [];
const seen = new Map<string, Seen>();
const controls: Seen[] = [];

beforeAll(async () => {
  [here, apart] = await Promise.all([openPlace(), startApart()]);
  entries = hostileEntries(apart);
  const place = here;
  await place.write('watch.cjs', WATCH);
  await place.write('config.yaml', { servers: entries.map(({ entry }) => entry) });
  const good = apart.good();
  const bad = entries.map((one) => async () => {
    seen.set(one.id, await run(place, one.id, argumentsOf(one)));
  });
  const control = async (at: number) => {
    controls.push(await run(place, `control-${at}`, ['probe', good, '--json', '--timeout', '1s']));
  };
  const every = Math.ceil(bad.length / CONTROLS);
  await inParallel(AT_ONCE, [...bad.flatMap((job, at) => (at % every === 0 ? [() => control(at), job] : [job]))]);
}, 300_000);

afterAll(async () => {
  await apart?.close();
  await here?.close();
});

function argumentsOf({ id, entry, timeoutMs }: HostileEntry): readonly string[] {
  const options = ['--json', '--timeout', `${timeoutMs}ms`];
  // What only a configuration can say is asked by its id.
  const isPlain = Object.keys(entry).every((key) => key === 'id' || key === 'url');
  return isPlain ? ['probe', String(entry['url']), ...options] : ['probe', id, '--config', 'config.yaml', ...options];
}

async function run(place: Place, name: string, args: readonly string[]): Promise<Seen> {
  const env = { NODE_OPTIONS: `--require ${place.path('watch.cjs')}`, WATCH_FILE: place.path(`${name}.json`) };
  const ran = await place.run(args, { env });
  if (ran.stdout === '') throw new Error(`${name} said nothing: ${JSON.stringify(ran)}`);
  const probe = Probe.parse(JSON.parse(ran.stdout));
  const { peakKb, endedAt } = Watched.parse(JSON.parse(await readFile(env.WATCH_FILE, 'utf8')));
  return {
    ran,
    probe,
    lingerMs: endedAt - Date.parse(probe.started_at) - probe.duration_ms,
    peakMb: Math.round(peakKb / 1024),
  };
}

/** The exit codes of the contract. */
function exitCodeOf(code: ReasonCode): number {
  const { turns } = REASONS[code];
  if (turns === null) return 5;
  return turns === 'auth' ? 4 : 3;
}

function seenOf(id: string): Seen {
  const found = seen.get(id);
  if (found === undefined) throw new Error(`${id} was not probed`);
  return found;
}

test('a good server is up', () => {
  expect(controls.length).toBeGreaterThanOrEqual(CONTROLS / 2);
  for (const { ran } of controls) expect(ran).toMatchObject({ code: 0, stderr: '' });
});

test('each row is told by its reason and its exit code, and nothing else is said', () => {
  const told = entries.map(({ id }) => {
    const { ran, probe } = seenOf(id);
    const failed = probe.steps.find(({ status, name }) => status === 'failed' && name !== 'close');
    return { id, code: probe.reason?.code, step: failed?.name, exit: ran.code, stderr: ran.stderr };
  });
  expect(told).toEqual(entries.map(({ id, code, step }) => ({ id, code, step, exit: exitCodeOf(code), stderr: '' })));
});

test('each takes the start of a process, its deadline, and half a second at most', () => {
  const slackMs = 500 + Math.max(...controls.map(({ probe, lingerMs }) => probe.duration_ms + lingerMs));
  const late = entries.flatMap(({ id, timeoutMs }) => {
    const { probe, lingerMs } = seenOf(id);
    const ms = probe.duration_ms + lingerMs;
    return ms > timeoutMs + slackMs ? [{ id, ms, timeoutMs, slackMs }] : [];
  });
  expect(late).toEqual([]);
});

test('none takes 100 MB more than a good one', () => {
  const base = Math.max(...controls.map(({ peakMb }) => peakMb));
  const above = entries.map(({ id }) => [id, seenOf(id).peakMb - base] as const).sort(([, a], [, b]) => b - a);
  console.log(`A good one takes ${base} MB at its peak; the five dearest, MB above that:`, above.slice(0, 5));
  expect(above.filter(([, mb]) => mb > 100)).toEqual([]);
});

test('nothing is left at the targets', async () => {
  expect(await apart?.figures()).toMatchObject({ hostileConnections: 0, connections: 0, sessions: 0 });
});
