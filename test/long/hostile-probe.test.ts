import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REASONS, type ReasonCode } from '../../src/core/reasons.ts';
import { Probe } from '../../src/http/schema-probe.ts';
import { type HostileEntry, hostileEntries } from '../fixtures/hostile-entries.ts';
import { inParallel } from '../fixtures/in-parallel.ts';
import { openPlace, type Place, type Ran } from '../fixtures/program.ts';
import { type Apart, startApart } from '../fixtures/targets/apart.ts';

/*
 * Every row of the hostile target, each probed by the built program in a process of its own, four at once. How long a
 * process takes to start and how much memory it needs is measured with a good target in the same run, because other
 * things may run on this machine.
 */
const AT_ONCE = 4;
const CONTROLS = 12;
const MEGABYTE = 1024 * 1024;

/** Writes how much memory the process had at its peak. `maxRSS` would count that of the process it was forked from. */
const PEAK = `
  process.on('exit', () => {
    const { readFileSync, writeFileSync } = require('node:fs');
    const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
    const peak = /VmHWM:\\s+(\\d+) kB/.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
    writeFileSync(process.env.PEAK_FILE, String(peak));
  });
`;

interface Seen {
  readonly ran: Ran;
  readonly wallMs: number;
  readonly peakBytes: number;
}

let [here, apart]: [Place | null, Apart | null] = [null, null];
let entries: readonly HostileEntry[] = [];
const seen = new Map<string, Seen>();
const controls: Seen[] = [];

beforeAll(async () => {
  [here, apart] = await Promise.all([openPlace(), startApart()]);
  entries = hostileEntries(apart);
  const place = here;
  await place.write('peak.cjs', PEAK);
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
  const from = performance.now();
  const env = { NODE_OPTIONS: `--require ${place.path('peak.cjs')}`, PEAK_FILE: place.path(`${name}.peak`) };
  const ran = await place.run(args, { env });
  const wallMs = performance.now() - from;
  return { ran, wallMs, peakBytes: Number(await readFile(env.PEAK_FILE, 'utf8')) * 1024 };
}

/** The exit codes of the contract. */
function exitCodeOf(code: ReasonCode): number {
  const { turns } = REASONS[code];
  if (turns === null) return 5;
  return turns === 'auth' ? 4 : 3;
}

test('a good server is up', () => {
  expect(controls.length).toBeGreaterThanOrEqual(CONTROLS / 2);
  for (const { ran } of controls) expect(ran).toMatchObject({ code: 0, stderr: '' });
});

test('each row is told by its reason and its exit code, and nothing else is said', () => {
  const told = entries.map(({ id }) => {
    const { ran } = seen.get(id) ?? {};
    const probe = Probe.parse(JSON.parse(ran?.stdout ?? ''));
    const failed = probe.steps.find(({ status, name }) => status === 'failed' && name !== 'close');
    return { id, code: probe.reason?.code, step: failed?.name, exit: ran?.code, stderr: ran?.stderr };
  });
  expect(told).toEqual(entries.map(({ id, code, step }) => ({ id, code, step, exit: exitCodeOf(code), stderr: '' })));
});

test('each takes its deadline, the start of a process and half a second at most', () => {
  const startMs = Math.max(...controls.map(({ wallMs }) => wallMs));
  const late = entries.flatMap(({ id, timeoutMs }) => {
    const { wallMs = 0 } = seen.get(id) ?? {};
    return wallMs > timeoutMs + startMs + 500 ? [{ id, wallMs, timeoutMs, startMs }] : [];
  });
  expect(late).toEqual([]);
  // By the probe's own clock, which does not count what else runs here before the probe begins.
  const long = entries.flatMap(({ id, timeoutMs }) => {
    const probe = Probe.parse(JSON.parse(seen.get(id)?.ran.stdout ?? ''));
    return probe.duration_ms > timeoutMs + 500 ? [{ id, duration: probe.duration_ms }] : [];
  });
  expect(long).toEqual([]);
});

test('none takes 100 MB more than a good one', () => {
  const base = Math.max(...controls.map(({ peakBytes }) => peakBytes));
  const most = entries.map(({ id }) => [id, Math.round(((seen.get(id)?.peakBytes ?? 0) - base) / MEGABYTE)] as const);
  console.log(
    `peak of a good one ${Math.round(base / MEGABYTE)} MB; the five dearest, MB above that:`,
    most.toSorted((a, b) => b[1] - a[1]).slice(0, 5),
  );
  expect(most.filter(([, above]) => above > 100)).toEqual([]);
});

test('nothing is left at the targets', async () => {
  expect(await apart?.figures()).toMatchObject({ hostileConnections: 0, connections: 0, sessions: 0 });
});
