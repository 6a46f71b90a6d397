import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Notice } from '../../src/core/notice.ts';
import { SIGNALS } from '../../src/core/signal.ts';
import { testNotice } from '../../src/core/test-notice.ts';
import { alertmanager } from '../../src/notify/alertmanager.ts';
import { hostileNotice, UNCLEAN } from '../fixtures/hostile-notices.ts';
import { aNotice, anIncident, aRecovery, STARTED_AT } from '../fixtures/notices.ts';
import { answering } from '../fixtures/receiver.ts';
import { complaintAbout, sendTo, written } from '../fixtures/sending.ts';

const MINUTE = 60_000;
const settings = { url: 'http://alertmanager:9093' };

const alert = z.strictObject({
  labels: z.record(z.string().regex(/^[a-z_]+$/), z.string().min(1)),
  annotations: z.record(z.string().regex(/^[a-z_]+$/), z.string().min(1)),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  generatorURL: z.url(),
});

function alertsOf(notice: Notice) {
  return z.array(alert).parse(written(alertmanager, settings, notice).body);
}

/** Which alerts are firing at a time, by their labels, after posts in turn: as Alertmanager keeps them. */
function firingAt(at: number, posts: readonly ReturnType<typeof alertsOf>[]): readonly string[] {
  const known = new Map(posts.flat().map(({ labels, endsAt }) => [JSON.stringify(labels), Date.parse(endsAt)]));
  return [...known].filter(([, endsAt]) => endsAt > at).map(([labels]) => String(JSON.parse(labels).severity));
}

describe('an alert', () => {
  test('is named for its signal and says what is broken, why and what to try', () => {
    const [only, ...others] = alertsOf(aNotice());
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      labels: {
        alertname: 'McpToolCallsFail',
        job: 'alivemcp',
        server: 'orders',
        signal: 'canary',
        severity: 'critical',
        incident: 'inc-1',
      },
      annotations: {
        summary: 'DOWN · Orders MCP · tool calls fail: pool exhausted',
        description: expect.stringMatching(/^Orders MCP answers, but its tool calls fail\.\nIts connection pool/),
        advice: expect.stringContaining('Look for a query'),
        likely_cause: 'pool_exhausted',
      },
      startsAt: '2026-11-21T12:03:00.000Z',
      generatorURL: 'http://127.0.0.1:8080/incidents/inc-1',
    });
  });

  test('does not expire while the incident is open, and ends with it', () => {
    const [opened] = alertsOf(aNotice());
    expect(Date.parse(opened?.endsAt ?? '') - STARTED_AT).toBeGreaterThan(365 * 24 * 60 * MINUTE);
    const posts = [alertsOf(aNotice()), alertsOf(aRecovery())];
    expect(firingAt(STARTED_AT + 13 * MINUTE, posts.slice(0, 1))).toEqual(['critical']);
    expect(firingAt(STARTED_AT + 14 * MINUTE, posts)).toEqual([]);
  });

  test('is known by the same labels to its end, whatever changes meanwhile', () => {
    fc.assert(
      fc.property(hostileNotice, hostileNotice, (one, other) => {
        const [before, after] = [alertsOf(one)[0], alertsOf(other)[0]];
        expect(after?.labels).toEqual(before?.labels);
      }),
      { numRuns: 20 },
    );
  });

  test('that grew more severe fires once, and ends as a whole', () => {
    const of = (event: Notice['event'], severity: 'info' | 'major', resolvedAt: number | null = null) =>
      alertsOf(aNotice({ event, incident: anIncident({ signal: 'tools', severity, resolvedAt }) }));
    const posts = [of('incident.opened', 'info'), of('incident.reminder', 'major')];
    expect(firingAt(STARTED_AT + 5 * MINUTE, posts)).toEqual(['major']);
    const end = of('incident.resolved', 'major', STARTED_AT + 9 * MINUTE);
    expect(firingAt(STARTED_AT + 9 * MINUTE, [of('incident.opened', 'info'), end])).toEqual([]);
  });

  test('that was over before it could be told, and a test, fire for five minutes, because an end alone is told to nobody', () => {
    const test = testNotice({ id: 't1', at: STARTED_AT, publicUrl: 'http://127.0.0.1:8080', location: 'local' });
    for (const notice of [aRecovery({ wasDown: true }), test]) {
      const posts = [alertsOf(notice)];
      expect(firingAt(notice.at + 4 * MINUTE, posts)).toHaveLength(1);
      expect(firingAt(notice.at + 5 * MINUTE, posts)).toEqual([]);
    }
  });

  test.each(SIGNALS)('of %s has a name of its own', (signal) => {
    const [only] = alertsOf(aNotice({ incident: anIncident({ signal }) }));
    expect(only?.labels['alertname']).toMatch(/^Mcp[A-Z][A-Za-z]+$/);
  });

  test('begins before it ends and holds only clean text, whatever a target says', () => {
    fc.assert(
      fc.property(hostileNotice, (notice) => {
        for (const { annotations, startsAt, endsAt } of alertsOf(notice)) {
          expect(Date.parse(startsAt)).toBeLessThanOrEqual(Date.parse(endsAt));
          for (const text of Object.values(annotations)) expect(text).not.toMatch(UNCLEAN);
        }
      }),
    );
  });
});

describe('a request', () => {
  test('goes to the second API, with a user, a token or neither', async () => {
    const asked: string[] = [];
    const send = (login: object) =>
      sendTo(alertmanager, (url) => ({ url: `${new URL(url).origin}/am/`, ...login }), {
        answers: [
          (response, { headers }) => {
            asked.push(`${response.req.url} ${headers.authorization ?? '-'}`);
            response.writeHead(200).end();
          },
        ],
      });
    await send({});
    await send({ username: 'alive', password: 'sesame' });
    await send({ token: 'a-token' });
    expect(asked).toEqual([
      '/am/api/v2/alerts -',
      `/am/api/v2/alerts Basic ${Buffer.from('alive:sesame').toString('base64')}`,
      '/am/api/v2/alerts Bearer a-token',
    ]);
  });

  test('that is refused says why, without password', async () => {
    const { error } = await sendTo(
      alertmanager,
      (url) => ({ url: new URL(url).origin, username: 'alive', password: 'sesame' }),
      {
        answers: [
          (response, { headers }) =>
            response.writeHead(400).end(JSON.stringify(`no ${headers.authorization}, no sesame`)),
        ],
      },
    );
    expect(error).toMatchObject({ message: 'answered 400: no [secret], no [secret]', retry: false });
  });

  test('shows no proof of who we are in its preview', () => {
    const { headers } = written(alertmanager, { ...settings, username: 'alive', password: 'sesame' }, aNotice());
    expect(headers['authorization']).toBe('Basic [secret]');
  });

  test.each([
    [503, 'unavailable', true],
    [404, '{"code":404,"message":"path /x was not found"}', false],
  ])('of %i may be repeated: %s', async (status, body, retry) => {
    const { error } = await sendTo(alertmanager, (url) => ({ url: new URL(url).origin }), {
      answers: [answering(status, body)],
    });
    expect(error?.retry).toBe(retry);
  });
});

describe('settings', () => {
  test.each([
    {},
    { url: 'https://example.com/alertmanager/' },
    { url: 'http://alertmanager:9093/api/v2/alerts' },
    { username: 'a', password: 'b' },
    { token: 'c' },
  ])('%j is taken', (changes) => {
    expect(complaintAbout(alertmanager, { ...settings, ...changes })).toBeNull();
  });

  test.each([
    [{ url: 'http://alertmanager:9093/api/v1/alerts' }, /^expected the address of an Alertmanager/],
    [{ url: 'http://a:hunter2@alertmanager:9093' }, /without user and password/],
    [{ username: 'a' }, /^expected `username` with `password`/],
    [{ password: 'hunter2' }, /^expected `username` with `password`/],
    [{ username: 'a', password: 'hunter2', token: 'hunter2' }, /^expected `username` with `password`/],
    [{ username: 'a:b', password: 'x' }, /colon/],
    [{ token: 'hunter2\r\nX-Evil: 1' }, /^expected a token without white space/],
  ])('%j is a mistake', (changes, words) => {
    expect(complaintAbout(alertmanager, { ...settings, ...changes })).toMatch(words);
    expect(complaintAbout(alertmanager, { ...settings, ...changes })).not.toContain('hunter2');
  });
});
