import type { z } from 'zod';
import { parseRetryAfter } from '../core/backoff.ts';
import { withDeadline } from '../core/deadline.ts';
import { formatDuration } from '../core/duration.ts';
import type { Notice } from '../core/notice.ts';
import type { HttpPost, Notifier } from '../core/ports.ts';
import { DeliveryError } from '../core/ports.ts';
import type { StopSignal } from '../core/stop.ts';
import { cleanText, redactor } from '../core/text.ts';
import { defineNotifier, type KindOfChannel, type NotifierDeps, type NotifierKind } from './define.ts';
import { masked, secretForms, withoutProof } from './secrets.ts';

/** What is read and kept of a receiver's answer. */
const MAX_ANSWER_BYTES = 4096;
const MAX_ANSWER_TEXT = 200;
/** 4xx answers that may pass by themselves (contract, Notices); any other 4xx gives up. */
const PASSING: readonly number[] = [408, 425, 429];

/** One POST that carries a notice. */
export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Sent once this one was accepted. */
  readonly next?: HttpRequest;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** The text as JSON; undefined: it is none. */
  readonly json: unknown;
}

/** What an answer means where its receiver has a way of its own to say so; what is left out follows from the status. */
export interface Reading {
  /** The receiver's own words for people, in place of the whole text. */
  readonly words?: string;
  /** Said no although the status says yes. Tried again unless `retry` is false. */
  readonly refused?: boolean;
  readonly retry?: boolean;
  readonly retryAfterMs?: number;
}

interface HttpDefinition<Settings extends z.ZodObject> extends KindOfChannel<Settings> {
  /** The request that carries a notice. Pure: `at` is the time of the try; in a preview secrets are replaced by a text that says so. */
  write(notice: Notice, settings: z.output<Settings>, at: number): HttpRequest;
  /** Without it the status alone decides, as for a plain webhook. */
  read?(answer: HttpAnswer): Reading;
}

/** A kind of channel that is told by HTTP POST: a pure function from a notice to a request, over the one transport. */
export function defineHttpNotifier<Settings extends z.ZodObject>(definition: HttpDefinition<Settings>): NotifierKind {
  const { secrets, write, read } = definition;
  return defineNotifier({
    ...definition,
    create: (settings, deps): Notifier => ({
      async send(notice, signal) {
        const values = secrets.map((name) => String(Reflect.get(settings, name) ?? ''));
        let said = '';
        for (const request of inOrder(write(notice, settings, deps.clock.now()))) {
          const redact = redactor(secretForms(values, request));
          said = judge(await post(request, { ...deps, signal, redact }), { read, redact, now: deps.clock.now() });
        }
        return said;
      },
      preview(notice) {
        const { headers, body } = write(notice, masked(settings, secrets), notice.at);
        return { kind: 'http', method: 'POST', headers: withoutProof(headers), body };
      },
    }),
  });
}

/** A POST of JSON. */
export function jsonRequest(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpRequest {
  return { url, headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(body) };
}

export const JSON_HEADERS = { 'content-type': 'application/json', 'user-agent': 'AliveMCP' } as const;

function* inOrder(first: HttpRequest): Generator<HttpRequest> {
  for (let request: HttpRequest | undefined = first; request !== undefined; request = request.next) yield request;
}

type Answer = Awaited<ReturnType<HttpPost>>;

interface Posting extends NotifierDeps {
  readonly signal: StopSignal;
  readonly redact: (text: string) => string;
}

async function post(
  { url, headers, body }: HttpRequest,
  { post, clock, limits, signal, redact }: Posting,
): Promise<Answer> {
  const expired = () => new DeliveryError(`No answer within ${formatDuration(limits.httpMs)}.`, { retry: true });
  try {
    return await withDeadline({ clock, ms: limits.httpMs, signal, expired }, (inner) =>
      post({ url, headers, body, signal: inner, maxBytes: MAX_ANSWER_BYTES }),
    );
  } catch (cause) {
    if (cause instanceof DeliveryError || signal.aborted) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DeliveryError(redact(cleanText(`No answer: ${why}`, MAX_ANSWER_TEXT)), { retry: true, cause });
  }
}

interface Judging {
  readonly read: ((answer: HttpAnswer) => Reading) | undefined;
  readonly redact: (text: string) => string;
  readonly now: number;
}

/** The receiver's yes in words; anything else becomes a DeliveryError that says whether to come back. */
function judge({ status, headers, text }: Answer, { read, redact, now }: Judging): string {
  const reading = read === undefined ? {} : isPage(text) ? PAGE : read({ status, text, json: parsed(text) });
  const said = redact(cleanText((reading.words ?? text).replace(/\s+/g, ' '), MAX_ANSWER_TEXT));
  const answer = said === '' ? `answered ${status}` : `answered ${status}: ${said}`;
  if (status >= 200 && status < 300 && reading.refused !== true) return answer;
  const isRedirect = status >= 300 && status < 400;
  const message = isRedirect ? `answered ${status}: redirects are not followed, configure the final URL` : answer;
  const retry = reading.retry ?? (status < 400 || status >= 500 || PASSING.includes(status));
  const retryAfterMs = reading.retryAfterMs ?? parseRetryAfter(headers['retry-after'], now);
  throw new DeliveryError(message, { retry, retryAfterMs });
}

/** A login or an error page in front of the receiver may come with 200: nobody was told. */
const PAGE: Reading = { refused: true, words: 'a web page in place of the receiver’s own answer; check the address' };

function isPage(text: string): boolean {
  return /^\s*<(!doctype html|html)\b/i.test(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
