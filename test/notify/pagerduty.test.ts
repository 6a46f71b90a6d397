import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { testNotice } from '../../src/core/test-notice.ts';
import { pagerduty } from '../../src/notify/pagerduty.ts';
import { hostileNotice, UNCLEAN } from '../fixtures/hostile-notices.ts';
import { aNotice, anIncident, aRecovery, STARTED_AT } from '../fixtures/notices.ts';
import { answering } from '../fixtures/receiver.ts';
import { complaintAbout, sendTo, written } from '../fixtures/sending.ts';

const KEY = 'R0123456789abcdefABCDEF012345678';
const YES = answering(202, '{"status":"success","message":"Event processed","dedup_key":"alivemcp-inc-1"}');
const settings = { routing_key: KEY };

const shape = z.object({
  event_action: z.enum(['trigger', 'resolve']),
  dedup_key: z.string(),
  payload: z
    .object({
      summary: z.string(),
      source: z.string(),
      component: z.string(),
      custom_details: z.record(z.string(), z.string()),
    })
    .optional(),
});

async function actionsOf(notice: Parameters<typeof written>[2]) {
  const { posts } = await sendTo(pagerduty, (url) => ({ ...settings, url: new URL(url).origin }), {
    notice,
    answers: [YES],
  });
  const events = posts.map(({ body }) => shape.parse(JSON.parse(body)));
  return events.map(({ event_action, dedup_key }) => `${event_action} ${dedup_key}`);
}

describe('the alert', () => {
  test('is opened and resolved under the incident’s one key; a reminder touches the same', async () => {
    expect(await actionsOf(aNotice())).toEqual(['trigger alivemcp-inc-1']);
    expect(await actionsOf(aNotice({ event: 'incident.reminder' }))).toEqual(['trigger alivemcp-inc-1']);
    expect(await actionsOf(aRecovery())).toEqual(['resolve alivemcp-inc-1']);
  });

  test('of what was over before it could be told is opened and resolved, so that it stands in the record', async () => {
    expect(await actionsOf(aRecovery({ wasDown: true }))).toEqual(['trigger alivemcp-inc-1', 'resolve alivemcp-inc-1']);
  });

  test('of a test leaves nothing open', async () => {
    const notice = testNotice({ id: 't1', at: STARTED_AT, publicUrl: 'http://127.0.0.1:8080', location: 'local' });
    expect(await actionsOf(notice)).toEqual(['trigger alivemcp-test-t1', 'resolve alivemcp-test-t1']);
  });

  test('is not resolved where its opening was refused', async () => {
    const { posts, error } = await sendTo(pagerduty, (url) => ({ ...settings, url: new URL(url).origin }), {
      notice: aRecovery({ wasDown: true }),
      answers: [answering(500), YES],
    });
    expect(posts).toHaveLength(1);
    expect(error?.retry).toBe(true);
  });
});

describe('an event', () => {
  test('says on a phone what is broken, why, the evidence and what to try, in this order', () => {
    const { body } = written(pagerduty, settings, aNotice());
    expect(body).toMatchObject({
      routing_key: '[secret]',
      client_url: 'http://127.0.0.1:8080/incidents/inc-1',
      payload: {
        summary: 'DOWN · Orders MCP · tool calls fail: pool exhausted',
        source: 'https://orders.example.com/mcp',
        severity: 'critical',
        timestamp: '2026-11-21T12:03:00.000Z',
        component: 'Orders MCP',
        group: 'prod, postgres',
        class: 'canary_is_error',
      },
    });
    const labels = Object.keys(shape.parse(body).payload?.custom_details ?? {});
    expect(labels.slice(0, 3)).toEqual(['What', 'Why', 'It said']);
    expect(labels.at(-1)).toBe('Try');
  });

  test.each([
    ['critical', 'critical'],
    ['major', 'error'],
    ['warning', 'warning'],
    ['info', 'info'],
  ] as const)('of severity %s is %s there', (severity, theirs) => {
    const { body } = written(pagerduty, settings, aNotice({ incident: anIncident({ severity }) }));
    expect(body).toMatchObject({ payload: { severity: theirs } });
  });

  test('stays within what PagerDuty takes, whatever a target says', () => {
    fc.assert(
      fc.property(hostileNotice, (notice) => {
        const { body, text } = written(pagerduty, settings, notice);
        expect(Buffer.byteLength(text)).toBeLessThan(512 * 1024);
        const { dedup_key, payload } = shape.parse(body);
        expect(dedup_key.length).toBeLessThanOrEqual(255);
        if (payload === undefined) return;
        expect(payload.summary.length).toBeLessThanOrEqual(1024);
        expect(payload.source.length * payload.component.length).toBeGreaterThan(0);
        for (const [label, value] of Object.entries(payload.custom_details)) expect(label + value).not.toMatch(UNCLEAN);
      }),
    );
  });
});

describe('an answer', () => {
  const send = (status: number, body: string) =>
    sendTo(pagerduty, (url) => ({ ...settings, url: `${new URL(url).origin}/v2/enqueue` }), {
      answers: [answering(status, body)],
    });

  test('is yes in its own words', async () => {
    expect((await send(202, '{"status":"success","message":"Event processed"}')).said).toBe(
      'answered 202: Event processed',
    );
  });

  test.each([
    [
      400,
      `{"status":"invalid event","message":"Event object is invalid","errors":["${KEY} is no key"]}`,
      'Event object is invalid; [secret] is no key',
      false,
    ],
    [
      429,
      '{"status":"throttle exceeded","message":"Requests for this service are arriving too quickly"}',
      'Requests for this service are arriving too quickly',
      true,
    ],
    [500, '', '', true],
  ])('of %i is no, without the key', async (status, body, words, retry) => {
    const { error } = await send(status, body);
    expect(error?.message).toBe(words === '' ? `answered ${status}` : `answered ${status}: ${words}`);
    expect(error?.retry).toBe(retry);
  });
});

describe('settings', () => {
  test.each([{}, { url: 'https://events.eu.pagerduty.com' }, { url: 'https://events.eu.pagerduty.com/v2/enqueue' }])(
    '%j is taken',
    (changes) => {
      expect(complaintAbout(pagerduty, { ...settings, ...changes })).toBeNull();
    },
  );

  test.each([
    [{ routing_key: 'hunter2' }, /^expected the integration key of an “Events API v2” integration/],
    [{ url: 'events.pagerduty.com' }, /^expected the address of the Events API/],
  ])('%j is a mistake', (changes, words) => {
    expect(complaintAbout(pagerduty, { ...settings, ...changes })).toMatch(words);
    expect(complaintAbout(pagerduty, { ...settings, ...changes })).not.toContain('hunter2');
  });
});
