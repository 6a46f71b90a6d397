import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ProbeReport, Step, ToolsFact } from '../../src/core/probe.ts';
import { type ReasonCode, reason } from '../../src/core/reasons.ts';
import type { Route } from '../../src/core/routing.ts';
import type { Server } from '../../src/core/server.ts';
import { SIGNALS } from '../../src/core/signal.ts';
import { reset } from '../../src/core/state.ts';
import type { ProbeCommit } from '../../src/core/store.ts';
import { aCanary, aFailure, anAnswer, aServer, callTool, NOON } from '../fixtures/facts.ts';
import { type Kept, type PlayOptions, playProbes } from '../fixtures/play.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const ROUTES: readonly Route[] = [
  { id: 'mail', severity: null, tags: [] },
  { id: 'pager', severity: 'major', tags: [] },
  { id: 'stage', severity: null, tags: ['staging'] },
];
const rule = {
  of: 'initialize',
  p95Ms: 500,
  overMs: 60 * MINUTE,
  minSamples: 8,
  confirmOverMs: 20 * MINUTE,
  spike: null,
} as const;
const watched: Server = aServer({
  canaries: [callTool],
  healthUrl: { ready: 'http://x/ready', live: null, headers: {}, expectStatus: null },
  latencyRules: [rule],
  auth: { type: 'bearer', token: 't' },
  channels: ['mail', 'pager', 'stage'],
  tags: ['prod'],
});

/** What may be wrong at one probe; every part is drawn by itself, and a run of it lasts. */
interface Weather {
  readonly protocol: ReasonCode | 'ok';
  readonly canary: 'ok' | 'is_error' | 'timeout';
  readonly health: 'ok' | 'bad' | 'gone';
  readonly ms: number;
  readonly tools: 'known' | 'harmless' | 'breaking' | 'none' | 'invalid';
  readonly credentialDays: number | null;
  /** How many probes in a row are so, and how far they are apart. */
  readonly lasts: number;
  readonly gapMs: number;
}

const BLIND: readonly ReasonCode[] = ['blocked', 'monitor_fault', 'not_monitored'];
const weather: fc.Arbitrary<Weather> = fc.record({
  protocol: fc.oneof(
    { weight: 5, arbitrary: fc.constant('ok' as const) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        'tcp_refused',
        'timeout',
        'http_server_error',
        'auth_rejected',
        'rate_limited',
        ...BLIND,
      ),
    },
  ),
  canary: fc.constantFrom('ok', 'ok', 'is_error', 'timeout'),
  health: fc.constantFrom('ok', 'ok', 'bad', 'gone'),
  ms: fc.constantFrom(80, 80, 420, 900),
  tools: fc.constantFrom('known', 'known', 'harmless', 'breaking', 'none', 'invalid'),
  credentialDays: fc.constantFrom(null, null, 1, 30),
  lasts: fc.integer({ min: 1, max: 9 }),
  gapMs: fc.constantFrom(20_000, MINUTE, 10 * MINUTE),
});
const weathers = fc.array(weather, { minLength: 1, maxLength: 14 });

const tool = (name: string, required: readonly string[] = []) => ({
  name,
  title: null,
  description: null,
  inputSchema: { type: 'object', properties: {}, required: [...required] },
  outputSchema: null,
  annotations: null,
});
const LISTS = {
  known: [tool('buy'), tool('find')],
  harmless: [tool('buy'), tool('find'), tool('look')],
  breaking: [tool('find', ['city'])],
  none: [],
  invalid: [tool('buy'), tool('find')],
} as const;

function toolsOf(kind: Weather['tools']): ToolsFact {
  const hash = kind === 'invalid' ? 'known' : kind;
  const list = { hash, contractHash: hash, tools: LISTS[kind] };
  return {
    count: list.tools.length,
    hash,
    contractHash: hash,
    surfaceHash: hash,
    invalid: kind === 'invalid' ? ['4'] : [],
    again: 'same',
    list,
  };
}

function reportOf(weather: Weather, startedAt: number): ProbeReport {
  const health =
    weather.health === 'gone'
      ? { kind: 'failure' as const, url: 'http://x/ready', reason: reason('health_unreachable', 'health_url') }
      : anAnswer(weather.health === 'ok' ? 200 : 503, { status: weather.health });
  const seen = { scheduledAt: startedAt, startedAt, health: { ready: health, live: null } };
  if (weather.protocol !== 'ok') return aFailure(reason(weather.protocol, 'initialize'), seen);
  const steps: readonly Step[] = [{ name: 'initialize', status: 'ok', ms: weather.ms, error: null }];
  const answer =
    weather.canary === 'timeout'
      ? { kind: 'failure' as const, reason: reason('canary_timeout', 'canary') }
      : {
          kind: 'result' as const,
          isError: weather.canary === 'is_error',
          text: weather.canary === 'is_error' ? 'too many clients already' : 'fine',
          json: undefined,
        };
  const credential = weather.credentialDays === null ? null : { expiresAt: NOON + weather.credentialDays * DAY };
  return aCanary(answer, { ...seen, steps, tools: toolsOf(weather.tools), credential });
}

function reportsOf(all: readonly Weather[], from = NOON): readonly ProbeReport[] {
  let at = from;
  return all.flatMap((weather) =>
    Array.from({ length: weather.lasts }, () => {
      at += weather.gapMs;
      return reportOf(weather, at);
    }),
  );
}

const play = (reports: readonly ProbeReport[], options: Partial<PlayOptions> = {}) =>
  playProbes(reports, { server: watched, routes: ROUTES, ...options });
const noticesOf = (commits: readonly ProbeCommit[]) => commits.flatMap(({ notices }) => notices);

type Edit = 'none' | 'resume' | 'less' | 'more';

/** The entry is edited before some probes: its standing is forgotten, and now and then it asks for less or for more. */
function editsOf(...kinds: readonly Edit[]) {
  const edited =
    (all: readonly Edit[]) =>
    (server: Server): Partial<PlayOptions> => ({
      server: (probe) => {
        const last = all.slice(0, probe + 1).findLast((edit) => edit === 'less' || edit === 'more');
        return last === 'less' ? { ...server, canaries: [], latencyRules: [], watchesTools: false } : server;
      },
      between: (kept, probe) =>
        (all[probe] ?? 'none') === 'none' ? kept : { ...kept, status: reset(kept.status, kept.status.since) },
    });
  return fc.array(fc.constantFrom<Edit>('none', 'none', 'none', ...kinds), { maxLength: 60 }).map(edited);
}

/** Every incident in its last shape. */
function incidentsOf(commits: readonly ProbeCommit[]) {
  return [...new Map(commits.flatMap(({ incidents }) => incidents.map((each) => [each.id, each]))).values()];
}

test('a channel is never told the same change of a signal twice in a row, and of no end without its beginning', () => {
  fc.assert(
    fc.property(weathers, editsOf('resume'), fc.boolean(), (all, edited, announceFirst) => {
      const told = new Map<string, { event: string; id: string }>();
      const commits = play(reportsOf(all), edited({ ...watched, announceFirst }));
      for (const { notice, channel } of noticesOf(commits)) {
        const key = `${channel} ${notice.incident.signal}`;
        const before = told.get(key) ?? { event: 'incident.resolved', id: '' };
        expect([key, notice.event]).not.toEqual([key, before.event]);
        if (notice.event === 'incident.resolved') expect(before.id).toBe(notice.incident.id);
        told.set(key, { event: notice.event, id: notice.incident.id });
      }
    }),
    { numRuns: 100 },
  );
});

test('the incidents of a signal follow one another, and each began before it was confirmed and ended after it began', () => {
  fc.assert(
    fc.property(weathers, editsOf('resume', 'less', 'more'), (all, edited) => {
      const incidents = incidentsOf(play(reportsOf(all), edited(watched)));
      for (const signal of SIGNALS) {
        const own = incidents.filter((each) => each.signal === signal);
        for (const [index, { startedAt, openedAt, resolvedAt }] of own.entries()) {
          expect(startedAt).toBeLessThan(openedAt);
          expect(resolvedAt ?? Infinity).toBeGreaterThanOrEqual(startedAt);
          if (index > 0) expect(own[index - 1]?.resolvedAt ?? Infinity).toBeLessThanOrEqual(startedAt);
        }
      }
    }),
    { numRuns: 100 },
  );
});

test('what was told began and ended: an incident that is over is over wherever it was told', () => {
  fc.assert(
    fc.property(weathers, (all) => {
      const commits = play(reportsOf(all));
      const notices = noticesOf(commits);
      for (const incident of incidentsOf(commits).filter(({ resolvedAt }) => resolvedAt !== null)) {
        const channels = (event: string) =>
          notices
            .filter(({ notice }) => notice.incident.id === incident.id && notice.event === event)
            .map(({ channel }) => channel)
            .toSorted();
        expect(channels('incident.resolved')).toEqual(channels('incident.opened'));
      }
    }),
    { numRuns: 100 },
  );
});

test('the same probes give the same commits, ids and all', () => {
  fc.assert(
    fc.property(weathers, (all) => {
      const reports = reportsOf(all);
      expect(play(reports)).toEqual(play(reports));
    }),
    { numRuns: 100 },
  );
});

test('counters, incidents and memories survive being written and read at every step', () => {
  const restart = (kept: Kept): Kept => JSON.parse(JSON.stringify(kept));
  fc.assert(
    fc.property(weathers, (all) => {
      const reports = reportsOf(all);
      const written = (commits: readonly ProbeCommit[]) => JSON.parse(JSON.stringify(commits));
      expect(written(play(reports, { between: restart }))).toEqual(written(play(reports)));
    }),
    { numRuns: 100 },
  );
});

/** All times in a value moved back, and times in words left out. */
function movedBack<T>(value: T, byMs: number): string {
  return JSON.stringify(value, (_, each) =>
    typeof each === 'number' && each > NOON / 2
      ? each - byMs
      : typeof each === 'string'
        ? each.replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '…')
        : each,
  );
}

test('time comes from the reports alone: the same probes a year later change nothing but the dates', () => {
  const credentials = (all: readonly Weather[]) => all.map((each) => ({ ...each, credentialDays: null }));
  fc.assert(
    fc.property(weathers, fc.integer({ min: -400, max: 400 }), (all, days) => {
      const now = play(reportsOf(credentials(all)));
      const then = play(reportsOf(credentials(all), NOON + days * DAY));
      expect(movedBack(then, days * DAY)).toBe(movedBack(now, 0));
    }),
    { numRuns: 100 },
  );
});

test('probes that learnt nothing neither count nor reset: with and without them the signals turn at the same probes', () => {
  const blindAt = fc.array(fc.boolean(), { maxLength: 60 });
  const isBlind = ({ protocol }: Weather) => BLIND.some((code) => code === protocol);
  fc.assert(
    fc.property(weathers, blindAt, fc.constantFrom(...BLIND), (all, places, code) => {
      const seeing = reportsOf(all.filter((each) => !isBlind(each)));
      const blind = (at: number): ProbeReport =>
        aFailure(reason(code, 'connect'), { scheduledAt: at, startedAt: at, health: null });
      const mixed = seeing.flatMap((report, index) =>
        places[index] === true
          ? [blind(report.startedAt - 2000), blind(report.startedAt - 1000), blind(report.startedAt - 500), report]
          : [report],
      );
      const telling = (commits: readonly ProbeCommit[]) =>
        noticesOf(commits).map(({ notice, channel }) => [notice.event, notice.incident.signal, notice.at, channel]);
      const ends = (commits: readonly ProbeCommit[]) => commits.at(-1)?.status.signals;
      const [with_, without] = [play(mixed, { addedAt: NOON }), play(seeing, { addedAt: NOON })];
      expect(telling(with_)).toEqual(telling(without));
      expect(ends(with_)).toEqual(ends(without));
    }),
    { numRuns: 100 },
  );
});

test('people hear of each incident and its end, or that a signal flaps and how that ends; machines hear what they would hear anyway', () => {
  const people = ROUTES.map((route) => ({ ...route, audience: 'people' as const }));
  const flips = fc.array(
    weather.map((each) => ({ ...each, gapMs: 20_000 })),
    { minLength: 5, maxLength: 40 },
  );
  fc.assert(
    fc.property(flips, editsOf('resume'), (all, edited) => {
      const reports = reportsOf(all);
      const commits = play(reports, { ...edited(watched), routes: people });
      const last = new Map<string, { event: string; id: string }>();
      for (const { notice, channel, isMuted } of noticesOf(commits)) {
        if (isMuted || channel === null) continue;
        const { signal, id } = notice.incident;
        const before = last.get(`${channel} ${signal}`);
        const after = before?.event ?? 'incident.resolved';
        expect(AFTER[notice.event], `${channel} ${signal} ${notice.event}`).toContain(after);
        if (notice.event === 'incident.resolved') expect(before?.id).toBe(id);
        last.set(`${channel} ${signal}`, { event: notice.event, id });
      }
      const heard = (of: readonly ProbeCommit[]) => noticesOf(of).map(({ notice, channel }) => [channel, notice.event]);
      const machines = play(reports, { ...edited(watched) });
      const muted = heard(commits).filter(([, event]) => event !== 'incident.flapping' && event !== 'incident.calm');
      expect(muted.length).toBeGreaterThanOrEqual(heard(machines).length);
      expect(noticesOf(machines).every(({ isMuted, notBefore }) => isMuted !== true && notBefore === undefined)).toBe(
        true,
      );
    }),
    { numRuns: 100 },
  );
});

/** What people may have heard last of a signal before they hear this. An edit forgets that it flapped. */
const AFTER: Readonly<Record<string, readonly string[]>> = {
  'incident.opened': ['incident.resolved', 'incident.calm', 'incident.flapping'],
  'incident.resolved': ['incident.opened'],
  'incident.flapping': ['incident.opened', 'incident.resolved', 'incident.calm', 'incident.flapping'],
  'incident.calm': ['incident.flapping'],
};
