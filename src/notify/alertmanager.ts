import { z } from 'zod';
import { describe } from '../core/message.ts';
import type { Notice } from '../core/notice.ts';
import type { Severity, Signal } from '../core/signal.ts';
import { SEVERITIES } from '../core/signal.ts';
import { shownAddress } from '../core/target.ts';
import { line, linesWithin } from './chat.ts';
import type { Reading } from './http-notifier.ts';
import { defineHttpNotifier, jsonRequest } from './http-notifier.ts';
import { baseUrl, under } from './receiver-url.ts';

const PATH = 'api/v2/alerts';
const MINUTE = 60_000;
/** An alert without an end would expire after Alertmanager's own `resolve_timeout` (5 min) and be told as resolved. */
const OPEN_FOR_MS = 366 * 24 * 60 * MINUTE;
/** What is over when it is first told fires this long: an alert that never fired is told to nobody. */
const TOLD_FOR_MS = 5 * MINUTE;
const MAX_TEXT = 2000;

/** What routes and silences go by. */
const ALERT_NAMES = {
  protocol: 'McpServerDown',
  canary: 'McpToolCallsFail',
  health_url: 'McpHealthUrlFails',
  latency: 'McpServerSlow',
  pool: 'McpPoolPressed',
  tools: 'McpToolsChanged',
  tls: 'McpCertificateExpires',
  auth: 'McpAccessDenied',
} as const satisfies Record<Signal, string>;

const word = (expected: string) => z.string({ error: expected }).regex(/^[\x21-\x7e]{1,4096}$/, { error: expected });
const name = word('expected a user’s name without white space').regex(/^[^:]+$/, {
  error: 'expected a user’s name without a colon',
});

/** Posts alerts as Prometheus would. */
export const alertmanager = defineHttpNotifier({
  kind: 'alertmanager',
  name: 'Alertmanager',
  audience: 'machine',
  settings: z
    .strictObject({
      url: baseUrl(
        'the address of an Alertmanager, such as `http://alertmanager:9093`, without user and password: they have keys of their own',
        ({ pathname }) => !pathname.includes('/api/') || pathname.endsWith(`/${PATH}`),
      ),
      username: name.optional(),
      password: word('expected a password without white space').optional(),
      token: word('expected a token without white space').optional(),
    })
    .refine(
      ({ username, password, token }) =>
        (username === undefined) === (password === undefined) && (username === undefined || token === undefined),
      {
        path: ['username'],
        error: 'expected `username` with `password`, or `token`, or none of them',
      },
    ),
  secrets: ['password', 'token'],
  form: {
    url: { label: 'Address', example: 'http://alertmanager:9093' },
    username: { label: 'User', hint: 'Where it wants a user and a password.', example: 'alivemcp' },
    password: { label: 'Password', example: '' },
    token: { label: 'Token', hint: 'Where it wants a bearer token instead.', example: '' },
  },
  target: (settings) => new URL(settings.url).host,
  write: (notice, settings, at) => jsonRequest(under(settings.url, PATH), alerts(notice, at), authorization(settings)),
  read({ json }): Reading {
    const said = z
      .union([z.string(), z.object({ message: z.string() }).transform(({ message }) => message)])
      .safeParse(json);
    return said.success ? { words: said.data } : {};
  },
});

interface Login {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
}

function authorization({ username, password, token }: Login): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (username === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` };
}

/**
 * The alert, and beside a later notice of the same incident its end under every lower severity: an alert is known by its
 * labels, and the severity may have grown since it was opened. Ends of alerts that never were are told to nobody.
 */
function alerts(notice: Notice, at: number): readonly object[] {
  const { severity, startedAt, resolvedAt } = notice.incident;
  const isOver = notice.event === 'incident.resolved' || notice.event === 'incident.calm';
  const endsAt = isOver && !notice.wasDown ? (resolvedAt ?? at) : at + openFor(notice);
  const isFirst = notice.event === 'incident.opened' || notice.event === 'test' || notice.wasDown;
  const lower = isFirst ? [] : SEVERITIES.slice(SEVERITIES.indexOf(severity) + 1);
  return [alert(notice, severity, endsAt), ...lower.map((each) => alert(notice, each, startedAt))];
}

function alert(notice: Notice, severity: Severity, endsAt: number): object {
  return {
    labels: labels(notice, severity),
    annotations: annotations(notice),
    startsAt: iso(notice.incident.startedAt),
    endsAt: iso(endsAt),
    generatorURL: notice.dashboardUrl,
  };
}

function openFor({ event, wasDown }: Notice): number {
  return event === 'test' || wasDown ? TOLD_FOR_MS : OPEN_FOR_MS;
}

/** Only what is the same in every notice of an incident: an alert is known by its labels. */
function labels({ server, incident }: Notice, severity: Severity): Readonly<Record<string, string>> {
  return {
    alertname: incident.about === undefined ? ALERT_NAMES[incident.signal] : 'AliveMcpTrouble',
    job: 'alivemcp',
    server: server.id,
    signal: incident.signal,
    severity,
    incident: incident.id,
  };
}

function annotations(notice: Notice): Readonly<Record<string, string>> {
  const { subject, sentence, explanation, tryThis } = describe(notice);
  const { server, incident, location } = notice;
  const all = {
    summary: line(subject, MAX_TEXT),
    description: [sentence, explanation ?? '']
      .map((text) => line(text, MAX_TEXT))
      .join('\n')
      .trim(),
    advice: linesWithin(
      tryThis.map((advice) => line(advice, MAX_TEXT)),
      MAX_TEXT,
    ),
    reason: incident.reason.code,
    likely_cause: incident.cause?.code ?? '',
    server_name: line(server.name, MAX_TEXT),
    address: line(shownAddress(server.url), MAX_TEXT),
    tags: line(server.tags.join(', '), MAX_TEXT),
    location: line(location, MAX_TEXT),
  };
  return Object.fromEntries(Object.entries(all).filter(([, text]) => text !== ''));
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
