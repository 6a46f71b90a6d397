import { z } from 'zod';
import { describe, type Message } from '../core/message.ts';
import type { Notice, NoticeEvent } from '../core/notice.ts';
import type { Severity } from '../core/signal.ts';
import { shownAddress } from '../core/target.ts';
import { line, linesWithin } from './chat.ts';
import type { HttpAnswer, HttpRequest, Reading } from './http-notifier.ts';
import { defineHttpNotifier, jsonRequest } from './http-notifier.ts';
import { baseUrl, under } from './receiver-url.ts';

const SERVICE = 'https://events.pagerduty.com';
const PATH = 'v2/enqueue';

/** Events API v2: characters of a summary. The event as a whole may have 512 KB, which shares of these stay far below. */
const MAX_SUMMARY = 1024;
const MAX_NAME = 255;
const MAX_DETAIL = 2000;

const KEY_EXPECTED = 'expected the integration key of an “Events API v2” integration, 32 letters and digits';

/** PagerDuty has a level between critical and warning, too, and calls it error. */
const SEVERITIES = { critical: 'critical', major: 'error', warning: 'warning', info: 'info' } as const satisfies Record<
  Severity,
  string
>;

/** What a notice does to the alert that has its key. A test is opened and ended: it shows the way and leaves nothing open. */
const ACTIONS = {
  'incident.opened': ['trigger'],
  'incident.reminder': ['trigger'],
  'incident.flapping': ['trigger'],
  'incident.calm': ['resolve'],
  'incident.resolved': ['resolve'],
  test: ['trigger', 'resolve'],
} as const satisfies Record<NoticeEvent, readonly [Action, Action?]>;
type Action = 'trigger' | 'resolve';

/** Sends events to the Events API v2; the deduplication key is the incident's. */
export const pagerduty = defineHttpNotifier({
  kind: 'pagerduty',
  name: 'PagerDuty',
  audience: 'machine',
  settings: z.strictObject({
    routing_key: z.string({ error: KEY_EXPECTED }).regex(/^[A-Za-z0-9]{32}$/, { error: KEY_EXPECTED }),
    url: baseUrl(
      `the address of the Events API, such as \`https://events.eu.pagerduty.com\`; leave it out for \`${SERVICE}\``,
    ).optional(),
  }),
  secrets: ['routing_key'],
  form: {
    routing_key: {
      label: 'Integration key',
      hint: 'Of an “Events API v2” integration of the service.',
      example: '32 letters and digits',
    },
    url: { label: 'Events API', hint: `Left out: ${SERVICE}.`, example: 'https://events.eu.pagerduty.com' },
  },
  target: (settings) => new URL(settings.url ?? SERVICE).host,
  write(notice, { routing_key, url }) {
    const request = (action: Action) =>
      jsonRequest(under(url ?? SERVICE, PATH), { routing_key, ...event(notice, action) });
    const [first, second]: readonly [Action, Action?] = notice.wasDown ? ACTIONS.test : ACTIONS[notice.event];
    const then: { next?: HttpRequest } = second === undefined ? {} : { next: request(second) };
    return { ...request(first), ...then };
  },
  read,
});

function event(notice: Notice, action: Action): object {
  const key = { event_action: action, dedup_key: notice.dedupKey };
  if (action === 'resolve') return key;
  const message = describe(notice);
  const { server, incident, dashboardUrl } = notice;
  return {
    ...key,
    client: 'AliveMCP',
    client_url: dashboardUrl,
    links: [{ href: dashboardUrl, text: message.link.label }],
    payload: {
      summary: line(message.subject, MAX_SUMMARY),
      source: line(shownAddress(server.url), MAX_NAME) || server.id,
      severity: SEVERITIES[message.severity],
      timestamp: new Date(incident.startedAt).toISOString(),
      component: line(server.name, MAX_NAME) || server.id,
      group: line(server.tags.join(', '), MAX_NAME),
      class: incident.reason.code,
      custom_details: details(message),
    },
  };
}

/** A table that is read on a phone, in this order. Facts of one label share a row. */
function details({ sentence, explanation, facts, tryThis }: Message): Readonly<Record<string, string>> {
  const rows = new Map([['What', [sentence]]]);
  if (explanation !== null) rows.set('Why', [explanation]);
  for (const [label, value] of facts) rows.set(label, [...(rows.get(label) ?? []), value]);
  if (tryThis.length > 0) rows.set('Try', [...tryThis]);
  return Object.fromEntries(
    [...rows].map(([label, values]) => [
      line(label, MAX_NAME),
      linesWithin(
        values.map((value) => line(value, MAX_DETAIL)),
        MAX_DETAIL,
      ),
    ]),
  );
}

/** A yes is 202 with a message; a no has a list of errors beside it. */
function read({ json }: HttpAnswer): Reading {
  const { message, errors = [] } = answerSchema.safeParse(json).data ?? {};
  return message === undefined ? {} : { words: [message, ...errors].join('; ') };
}

const answerSchema = z.object({ message: z.string(), errors: z.array(z.string()) }).partial();
