import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describe } from '../../src/core/message.ts';
import type { ProbeReport } from '../../src/core/probe.ts';
import { aReport, aServer, aTarget, NOON } from '../fixtures/facts.ts';
import { type Kept, playProbes } from '../fixtures/play.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const server = aServer({
  target: aTarget('https://orders.example.com/mcp'),
  tlsWarnings: [21 * DAY, 14 * DAY, 7 * DAY, DAY],
  channels: ['ops'],
});
const routes = [{ id: 'ops', severity: null, tags: [] }];

/** A probe at that hour of a server whose certificate ends so many days after noon of the first day. */
const probeAt = (hour: number, endsInDays: number): ProbeReport =>
  aReport({ startedAt: NOON + hour * HOUR, tls: { expiresAt: NOON + endsInDays * DAY } });

/** Probes every six hours, from day `from` to day `to`. */
const days = (from: number, to: number, endsInDays: number): readonly ProbeReport[] =>
  Array.from({ length: (to - from) * 4 }, (_, at) => probeAt(from * 24 + at * 6, endsInDays));

const play = (reports: readonly ProbeReport[], between: (kept: Kept, probe: number) => Kept = (kept) => kept) =>
  playProbes(reports, { server, routes, between });

const toldBy = (commits: ReturnType<typeof play>): readonly (readonly [day: number, what: string])[] =>
  commits.flatMap(({ notices, record }) =>
    notices.map(({ notice }) => [
      Math.floor((record.report.startedAt - NOON) / DAY),
      `${notice.event} ${describe(notice).subject}`,
    ]),
  );

test('a certificate that nears its end is told 21, 14, 7 and 1 day ahead, and once it is renewed', () => {
  const commits = play([...days(0, 60, 60), ...days(60, 61, 150)]);
  expect(toldBy(commits)).toEqual([
    [39, 'incident.opened DEGRADED · Orders MCP · certificate expires in 20 d 12 h'],
    [46, 'incident.reminder DEGRADED · Orders MCP · certificate expires in 14 d'],
    [53, 'incident.reminder DEGRADED · Orders MCP · certificate expires in 7 d'],
    [59, 'incident.reminder DEGRADED · Orders MCP · certificate expires in 1 d'],
    [60, 'incident.resolved UP · Orders MCP · certificate in order again after 21 d'],
  ]);
  const states = new Set(commits.slice(165, 240).map(({ status }) => status.state));
  expect([...states]).toEqual(['degraded']);
});

test('the message says when it ends, and not since when that can be seen', () => {
  const [opened] = play(days(0, 60, 60)).flatMap(({ notices }) => notices.map(({ notice }) => notice));
  if (opened === undefined) throw new Error('nothing was told');
  const { sentence, explanation, tryThis } = describe(opened);
  expect(sentence).toBe('Orders MCP works, but its certificate expires soon.');
  expect(explanation).toBe('The certificate expires in 20 d 12 h (2027-01-20 12:00:00 UTC).');
  expect(tryThis[0]).toMatch(/^Renew the certificate/);
});

test('once somebody acknowledged it, no further warning is told, but its end is', () => {
  const acknowledge = (kept: Kept, probe: number): Kept => ({
    ...kept,
    incidents: kept.incidents.map((incident) =>
      probe === 170 ? { ...incident, acknowledged: { at: NOON, note: 'renewed on Monday' } } : incident,
    ),
  });
  const told = toldBy(play([...days(0, 60, 60), ...days(60, 61, 150)], acknowledge)).map(([, what]) => what);
  expect(told).toEqual([
    expect.stringMatching(/^incident\.opened /),
    expect.stringMatching(/^incident\.resolved UP · Orders MCP · certificate in order again/),
  ]);
});

test('a warning that falls into quiet hours comes when they end', () => {
  const quiet = { from: 6 * 60, to: 18 * 60, offsetAt: () => 0, except: null };
  const commits = playProbes(days(0, 60, 60), { server, routes: [{ id: 'ops', severity: null, tags: [], quiet }] });
  const told = commits
    .flatMap(({ notices }) => notices)
    .map(({ notice: { event, at }, notBefore = at }) => {
      return [event, new Date(notBefore).getUTCHours()];
    });
  expect(told).toEqual([
    ['incident.opened', 0],
    ['incident.reminder', 18],
    ['incident.reminder', 18],
    ['incident.reminder', 18],
  ]);
});

test('a server that was added with a certificate near its end is told of at the next warning', () => {
  const told = toldBy(play(days(0, 12, 10)));
  expect(told.slice(0, 2)).toEqual([
    [3, 'incident.opened DEGRADED · Orders MCP · certificate expires in 7 d'],
    [9, 'incident.reminder DEGRADED · Orders MCP · certificate expires in 1 d'],
  ]);
});

test('without warnings, or without a certificate, nothing is said of it', () => {
  const none = playProbes(days(0, 60, 60), { server: { ...server, tlsWarnings: [] }, routes });
  expect(none.at(-1)?.status.signals.tls.level).toBe('unknown');
  expect(toldBy(none)).toEqual([]);
  expect(toldBy(play([aReport(), aReport({ startedAt: NOON + HOUR })]))).toEqual([]);
});

test('whatever certificates stand behind a name: no warning of an incident is told twice, and no reminder without an opening', () => {
  const certificate = fc.constantFrom(90, 30, 18, 10, 5, 0.5, null);
  fc.assert(
    fc.property(fc.array(certificate, { minLength: 1, maxLength: 60 }), (seen) => {
      const reports = seen.map((ends, at) => {
        const startedAt = NOON + at * HOUR;
        return aReport({ startedAt, tls: ends === null ? null : { expiresAt: startedAt + ends * DAY } });
      });
      const open = new Map<string, number>();
      for (const { notice } of play(reports).flatMap(({ notices }) => notices)) {
        const { id, warningsDue = 0 } = notice.incident;
        const before = open.get(id);
        if (notice.event === 'incident.opened') expect(before).toBeUndefined();
        else expect(before).toBeDefined();
        if (notice.event === 'incident.reminder') expect(warningsDue).toBeGreaterThan(before ?? 0);
        open.set(id, warningsDue);
      }
    }),
  );
});
