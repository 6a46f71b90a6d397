import { expect, test } from 'vitest';
import { judge } from '../../src/core/judge.ts';
import { ladderOf, ladderText } from '../../src/core/ladder.ts';
import type { ProbeReport } from '../../src/core/probe.ts';
import { REASONS, type ReasonCode, reason } from '../../src/core/reasons.ts';
import type { Server } from '../../src/core/server.ts';
import { STEP_NAMES } from '../../src/core/step.ts';
import { aCanary, aFailure, anAnswer, aReport, aServer, callTool } from '../fixtures/facts.ts';

/** What the ladder of a report says, as a person reads it. */
function said(report: ProbeReport, server: Server = aServer()): string {
  return ladderText(ladderOf({ report, verdicts: judge(report, server).verdicts, server }));
}
const watched = aServer({ canaries: [callTool] });
const isError = { kind: 'result', isError: true, text: 'pool exhausted', json: undefined } as const;
const works = { kind: 'result', isError: false, text: 'fine', json: undefined } as const;

test('a silent failure is what other monitors do not see', () => {
  expect(said(aCanary(isError), watched)).toBe(
    'A ping: up, 200 in 81 ms. Handshake: ok. 3 tools: ok. Tool calls: fail.',
  );
  expect(said(aCanary(works), watched)).toBe('A ping: up, 200 in 81 ms. Handshake: ok. 3 tools: ok. Tool calls: ok.');
});

test('what nobody configured is not checked, and what a server does not offer has no rung', () => {
  expect(said(aReport())).toBe('A ping: up, 200 in 81 ms. Handshake: ok. 3 tools: ok. Tool calls: not checked.');
  expect(said(aReport({ hasTools: false, tools: null }))).toBe(
    'A ping: up, 200 in 81 ms. Handshake: ok. Tool calls: not checked.',
  );
  const resource = { ...callTool, kind: 'resource', resource: 'db://health/pool' } as const;
  expect(said(aCanary(isError), aServer({ canaries: [resource] }))).toMatch(/Resource: fail\.$/);
});

test('a server that cannot be reached is down for everybody', () => {
  const refused = aFailure(reason('tcp_refused', 'connect'), { httpStatus: null });
  expect(said(refused, watched)).toBe(
    'A ping: down, connection refused. Handshake: not asked. Tool list: not asked. Tool calls: not asked.',
  );
  const silent = aFailure(reason('timeout', 'initialize'), { httpStatus: null });
  expect(said(silent)).toMatch(/^A ping: down, no answer in time\. Handshake: fail\. Tool list: not asked\./);
});

test('an error status is down for a ping, whatever it means', () => {
  expect(said(aFailure(reason('http_server_error', 'initialize'), { httpStatus: 503 }))).toMatch(
    /^A ping: down, 503 in 10 ms\. Handshake: fail\./,
  );
  expect(said(aFailure(reason('auth_required', 'initialize'), { httpStatus: 401 }))).toMatch(/^A ping: down, 401 in/);
});

test('what our own rules forbid was not asked', () => {
  const blocked = aFailure(reason('blocked', 'connect'), { httpStatus: null });
  expect(said(blocked)).toMatch(/^A ping: not asked\. Handshake: not asked\./);
  expect(said(aFailure(reason('monitor_fault', 'initialize'), { httpStatus: null }))).toMatch(/Handshake: not asked\./);
});

test('the health URL says its status', () => {
  const server = aServer({
    healthUrl: { ready: 'http://127.0.0.1/ready', live: null, headers: {}, expectStatus: null },
  });
  const health = (status: number): ProbeReport => aReport({ health: { ready: anAnswer(status), live: null } });
  expect(said(health(503), server)).toMatch(/Health URL: 503\.$/);
  const lost = { kind: 'failure', url: 'http://127.0.0.1/ready', reason: reason('health_unreachable', 'health_url') };
  expect(said(aReport({ health: { ready: { ...lost, kind: 'failure' }, live: null } }), server)).toMatch(
    /Health URL: no answer\.$/,
  );
});

test('a process runs or does not', () => {
  const target = { kind: 'stdio', command: ['x'], shown: ['x'], env: {}, protocol: 'auto' } as const;
  const server = aServer({ target });
  expect(said(aReport({ httpStatus: null }), server)).toMatch(/^Its process: runs\. Handshake: ok\. 3 tools: ok\./);
  expect(said(aFailure(reason('spawn_failed', 'connect'), { httpStatus: null }), server)).toMatch(
    /^Its process: command cannot be started\. Handshake: not asked\./,
  );
});

test('of reports without a status the time is told', () => {
  expect(said(aReport({ httpStatus: null }))).toMatch(/^A ping: up in 81 ms\./);
});

test('an empty list of tools is no good list', () => {
  const tools = { count: 0, hash: 'a', contractHash: 'c', surfaceHash: 's', invalid: [], again: null, list: null };
  expect(said(aReport({ tools }))).toMatch(/0 tools: fail\./);
});

test('whatever a probe failed with, each rung says one of a few things, and no rung above a failure fails for it', () => {
  const codes = Object.keys(REASONS).filter((code): code is ReasonCode => code in REASONS);
  for (const code of codes) {
    for (const step of STEP_NAMES) {
      const report = aFailure(reason(code, step), { httpStatus: null });
      const rungs = ladderOf({ report, verdicts: judge(report, watched).verdicts, server: watched });
      expect(rungs.map(({ what }) => what).slice(0, 2)).toEqual(['A ping', 'Handshake']);
      expect(ladderText(rungs)).toMatch(/^(?:[A-Z0-9][\w ]+: [^.:]+\. ?)+$/);
      const [ping] = rungs;
      if (['tools_list', 'canary', 'health_url', 'close'].includes(step)) expect(ping?.level).not.toBe('fail');
    }
  }
});
