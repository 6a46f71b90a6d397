import { expect, test } from 'vitest';
import { checkServerEntry } from '../../src/config/entry.ts';
import type { ProbeReport } from '../../src/core/probe.ts';
import type { Demo } from '../../src/demo/demo.ts';
import type { FaultName } from '../../src/demo/fault.ts';
import { createProber } from '../../src/probe/prober.ts';
import { quiet, stateOf, withDemo } from './support.ts';

const clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms: number, run: () => void) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
const network = { mode: 'private', allow: [], deny: [] } as const;
const prober = createProber({ network, clock, location: 'test', version: '0.0.0', log: quiet });

/** One probe of the pooled server by its own entry; only the canary's timeout is shortened. */
async function probe(demo: Demo, timeout: string): Promise<ProbeReport> {
  const entry = demo.servers.find(({ id }) => id === 'pooled');
  const calendar = { validate: () => null, matcher: () => () => false, offsets: () => () => 0, next: () => null };
  const context = { defaults: {}, calendar, channelIds: [], clientName: 'AliveMCP' };
  const checked = checkServerEntry({ ...entry, canary: { tool: 'health_check', timeout } }, context);
  if (!checked.ok) throw new Error(JSON.stringify(checked.errors));
  return prober.probe({ server: checked.server, scheduledAt: clock.now(), signal: AbortSignal.timeout(20_000) });
}

const failures = ({ steps }: ProbeReport) =>
  steps.filter(({ status }) => status === 'failed').map(({ name, error }) => [name, error?.code]);

test('a probe of the healthy server finds nothing, and leaves no session', () =>
  withDemo(async (demo) => {
    const report = await probe(demo, '12s');
    expect(failures(report)).toEqual([]);
    expect(report.health?.ready).toMatchObject({ kind: 'answer', status: 200 });
    expect(stateOf(demo, 'pooled').sessions).toBe(0);
  }));

test.each<[FaultName, string, readonly (readonly [string, string])[], number | null]>([
  [
    'exhaust_pool',
    '12s',
    [
      ['canary', 'canary_is_error'],
      ['health_url', 'health_status'],
    ],
    503,
  ],
  [
    'kill_database',
    '12s',
    [
      ['canary', 'canary_is_error'],
      ['health_url', 'health_status'],
    ],
    503,
  ],
  ['hang_tool', '1s', [['canary', 'canary_timeout']], 200],
  ['drop_tool', '12s', [['canary', 'canary_tool_missing']], 200],
  ['answer_500', '12s', [['initialize', 'http_server_error']], 200],
  [
    'stop_listening',
    '12s',
    [
      ['connect', 'tcp_refused'],
      ['health_url', 'health_unreachable'],
    ],
    null,
  ],
])('a probe of the server with %s fails as it should, and the next one is well', (fault, timeout, expected, status) =>
  withDemo(async (demo) => {
    await demo.faults.set('pooled', fault, true);
    const report = await probe(demo, timeout);
    expect(failures(report)).toEqual(expected);
    expect(report.health?.ready).toMatchObject(status === null ? { kind: 'failure' } : { kind: 'answer', status });
    expect(stateOf(demo, 'pooled').sessions).toBe(0);
    await demo.faults.reset();
    expect(failures(await probe(demo, '12s'))).toEqual([]);
  }),
);

test('added latency shows in initialize alone', () =>
  withDemo(async (demo) => {
    await demo.faults.set('pooled', 'add_latency', true, 700);
    const { steps } = await probe(demo, '12s');
    const slow = steps.filter(({ ms }) => ms !== null && ms >= 690).map(({ name }) => name);
    expect(slow).toEqual(['initialize']);
  }));
