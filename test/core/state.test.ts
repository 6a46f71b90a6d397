import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judge } from '../../src/core/judge.ts';
import type { ReasonCode } from '../../src/core/reasons.ts';
import { reason } from '../../src/core/reasons.ts';
import { advance, isTurning, newStatus } from '../../src/core/state.ts';
import type { ServerStatus } from '../../src/core/status.ts';
import { aFailure, anAnswer, aReport, aServer, NOON } from '../fixtures/facts.ts';

const MINUTE = 60_000;
const confirm = { down: 3, up: 2, recheckMs: 20_000 };
const server = aServer({ healthUrl: { ready: 'http://x/ready', live: null, headers: {}, expectStatus: null } });

const GOOD = judge(aReport({ health: { ready: anAnswer(200), live: null } }), server);
const bad = (code: ReasonCode = 'tcp_refused') => judge(aFailure(reason(code, 'initialize')), server);
const DEGRADED = judge(aReport({ health: { ready: anAnswer(503), live: null } }), server);

/** Plays probes a minute apart, starting at noon. */
function play(...judgements: readonly ReturnType<typeof judge>[]): {
  status: ServerStatus;
  states: string[];
  turns: string[];
} {
  let status = newStatus('orders', NOON);
  const states: string[] = [];
  const turns: string[] = [];
  for (const [index, judgement] of judgements.entries()) {
    const step = advance(status, judgement, confirm, NOON + index * MINUTE);
    status = step.status;
    states.push(status.state);
    turns.push(...step.turns.filter(({ from }) => from !== 'unknown').map(({ signal, to }) => `${signal} ${to}`));
  }
  return { status, states, turns };
}

test('from unknown the first probe is shown at once', () => {
  expect(play(bad()).states).toEqual(['down']);
  expect(play(GOOD).states).toEqual(['up']);
  expect(play(bad('auth_required')).states).toEqual(['auth_required']);
});

test('three bad probes in a row make down, dated to the first of them', () => {
  const { states, status } = play(GOOD, bad(), bad('timeout'), bad('http_server_error'));
  expect(states).toEqual(['up', 'up', 'up', 'down']);
  expect(status.since).toBe(NOON + MINUTE);
  expect(status.reason?.code).toBe('http_server_error');
});

test('a good probe in between starts the count anew', () => {
  expect(play(GOOD, bad(), bad(), GOOD, bad(), bad()).states).toEqual(Array(6).fill('up'));
});

test('two good probes in a row make up again, dated to the first of them', () => {
  const { states, status } = play(GOOD, bad(), bad(), bad(), GOOD, GOOD);
  expect(states.slice(4)).toEqual(['down', 'up']);
  expect(status.since).toBe(NOON + 4 * MINUTE);
});

test('a probe that learnt nothing neither counts nor resets', () => {
  expect(play(GOOD, bad(), bad('blocked'), bad(), bad('monitor_fault'), bad()).states.at(-1)).toBe('down');
});

test('after three probes in a row that learnt nothing we say that we do not know', () => {
  const { states, status } = play(GOOD, bad('blocked'), bad('blocked'), bad('blocked'), GOOD);
  expect(states).toEqual(['up', 'up', 'up', 'unknown', 'up']);
  expect(status.blind).toBe(0);
});

test('auth trouble is confirmed likewise, and the later of down and auth is shown', () => {
  const auth = bad('auth_rejected');
  expect(play(GOOD, auth, auth, auth).states.at(-1)).toBe('auth_required');
  expect(play(GOOD, bad(), bad(), bad(), auth, auth, auth).states.at(-1)).toBe('auth_required');
  expect(play(GOOD, auth, auth, auth, bad(), bad(), bad()).states.at(-1)).toBe('down');
});

test('a health URL degrades and leaves the protocol green', () => {
  const { states, turns } = play(GOOD, DEGRADED, DEGRADED, DEGRADED);
  expect(states.at(-1)).toBe('degraded');
  expect(turns).toEqual(['health_url fail']);
});

test('while a signal turns either way the next probe comes early', () => {
  expect(isTurning(play(GOOD, bad()).status)).toBe(true);
  expect(isTurning(play(GOOD, bad(), bad(), bad()).status)).toBe(false);
  expect(isTurning(play(GOOD, bad(), bad(), bad(), GOOD).status)).toBe(true);
  expect(isTurning(play(GOOD, bad(), GOOD).status)).toBe(false);
});

test('whatever comes, no signal turns to where it already stands, and the version counts every probe', () => {
  const any = fc.constantFrom(
    GOOD,
    DEGRADED,
    bad(),
    bad('timeout'),
    bad('auth_required'),
    bad('rate_limited'),
    bad('blocked'),
  );
  fc.assert(
    fc.property(fc.array(any, { minLength: 1, maxLength: 60 }), (judgements) => {
      let status = newStatus('orders', NOON);
      for (const [index, judgement] of judgements.entries()) {
        const before = status;
        const step = advance(before, judgement, confirm, NOON + index * MINUTE);
        status = step.status;
        expect(status.version).toBe(index + 1);
        expect(status.since).toBeGreaterThanOrEqual(before.since);
        for (const turn of step.turns) {
          expect(turn.from).toBe(before.signals[turn.signal].level);
          expect(turn.to).not.toBe(turn.from);
        }
      }
    }),
  );
});
