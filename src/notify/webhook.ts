import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { parseRetryAfter } from '../core/backoff.ts';
import { withDeadline } from '../core/deadline.ts';
import { formatDuration } from '../core/duration.ts';
import type { Notice } from '../core/notice.ts';
import type { HttpPost, Preview } from '../core/ports.ts';
import { DeliveryError } from '../core/ports.ts';
import { cleanText, redactor } from '../core/text.ts';
import { defineNotifier } from './define.ts';
import { webhookBody } from './webhook-body.ts';

/** Key length that the Standard Webhooks specification asks for, in bytes ("Signature scheme"). */
const KEY_BYTES = { min: 24, max: 64 } as const;
/** What is read and kept of a receiver's answer. */
const MAX_ANSWER_BYTES = 4096;
const MAX_ANSWER_TEXT = 200;
/** 4xx answers that may pass by themselves (contract, Notices); any other 4xx gives up. */
const PASSING: readonly number[] = [408, 425, 429];

const SECRET_EXPECTED = `expected \`whsec_\` and ${KEY_BYTES.min} to ${KEY_BYTES.max} random bytes in base64; \`echo whsec_$(openssl rand -base64 32)\` makes one`;
const URL_EXPECTED = 'expected an address that starts with `http://` or `https://`, without user and password';

const secret = z.string({ error: SECRET_EXPECTED }).refine(isSecret, { error: SECRET_EXPECTED });
const url = z.string({ error: URL_EXPECTED }).refine(isReceiver, { error: URL_EXPECTED });

/** Posts the contract's JSON, signed by the Standard Webhooks scheme where a secret is set. */
export const webhook = defineNotifier({
  kind: 'webhook',
  settings: z.strictObject({ url, secret: secret.optional() }),
  secrets: ['url', 'secret'],
  target: (settings) => new URL(settings.url).host,
  create(settings, { post, clock, limits }) {
    const signer = settings.secret === undefined ? null : new Webhook(settings.secret);
    const redact = redactor(secretsIn(settings.url, settings.secret));
    const expired = () => new DeliveryError(`No answer within ${formatDuration(limits.webhookMs)}.`, { retry: true });
    return {
      async send(notice, signal) {
        const body = webhookBody(notice);
        const headers = headersFor(notice, clock.now(), (id, at) => signer?.sign(id, at, body));
        const request = { url: settings.url, headers, body, maxBytes: MAX_ANSWER_BYTES };
        const answer = await withDeadline({ clock, ms: limits.webhookMs, signal, expired }, (inner) =>
          ask(post, { ...request, signal: inner }, redact),
        );
        return judge(answer, redact, clock.now());
      },
      preview: (notice) => previewPost(notice, signer !== null),
    };
  },
});

/** The request as it arrives, but for its signature, which depends on the try's time. */
export function previewPost(notice: Notice, isSigned: boolean): Preview {
  const headers = headersFor(notice, notice.at, () => (isSigned ? 'v1,(computed for each try)' : undefined));
  return { kind: 'http', method: 'POST', headers, body: webhookBody(notice) };
}

type Answer = Awaited<ReturnType<HttpPost>>;

async function ask(
  post: HttpPost,
  request: Parameters<HttpPost>[0],
  redact: (text: string) => string,
): Promise<Answer> {
  try {
    return await post(request);
  } catch (cause) {
    if (cause instanceof DeliveryError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DeliveryError(redact(cleanText(`No answer: ${why}`, MAX_ANSWER_TEXT)), { retry: true, cause });
  }
}

/** The receiver's yes in words; anything else becomes a DeliveryError that says whether to come back. */
function judge({ status, headers, text }: Answer, redact: (text: string) => string, now: number): string {
  const said = redact(cleanText(text.replace(/\s+/g, ' '), MAX_ANSWER_TEXT));
  const answer = said === '' ? `answered ${status}` : `answered ${status}: ${said}`;
  if (status >= 200 && status < 300) return answer;
  const isRedirect = status >= 300 && status < 400;
  const message = isRedirect ? `answered ${status}: redirects are not followed, configure the final URL` : answer;
  const retry = status < 400 || status >= 500 || PASSING.includes(status);
  throw new DeliveryError(message, { retry, retryAfterMs: parseRetryAfter(headers['retry-after'], now) });
}

/** `webhook-id` is the notice's, the same for all its tries; the timestamp is the try's. */
function headersFor(
  { id }: Notice,
  at: number,
  sign: (id: string, at: Date) => string | undefined,
): Record<string, string> {
  const signature = sign(id, new Date(at));
  return {
    'content-type': 'application/json',
    'user-agent': 'AliveMCP',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    ...(signature === undefined ? {} : { 'webhook-signature': signature }),
  };
}

/** Chat and pager URLs carry their token in the path or the query, so no part of the URL beyond the host is repeated. */
function secretsIn(target: string, key: string | undefined): readonly string[] {
  const { pathname, search, searchParams } = new URL(target);
  const segments = pathname.split('/').filter((segment) => segment.length >= 16);
  return [
    target,
    `${pathname}${search}`,
    search,
    ...searchParams.values(),
    ...segments,
    key ?? '',
    (key ?? '').replace('whsec_', ''),
  ];
}

function isReceiver(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

function isSecret(value: string): boolean {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value)?.[1];
  if (encoded === undefined) return false;
  const key = Buffer.from(encoded, 'base64');
  return key.toString('base64') === encoded && key.length >= KEY_BYTES.min && key.length <= KEY_BYTES.max;
}
