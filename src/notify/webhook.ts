import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { Notice } from '../core/notice.ts';
import type { Preview } from '../core/ports.ts';
import type { HttpRequest } from './http-notifier.ts';
import { defineHttpNotifier, JSON_HEADERS } from './http-notifier.ts';
import { receiverUrl } from './receiver-url.ts';
import { webhookBody } from './webhook-body.ts';

/** Key length that the Standard Webhooks specification asks for, in bytes ("Signature scheme"). */
const KEY_BYTES = { min: 24, max: 64 } as const;

const SECRET_EXPECTED = `expected \`whsec_\` and ${KEY_BYTES.min} to ${KEY_BYTES.max} random bytes in base64; \`echo whsec_$(openssl rand -base64 32)\` makes one`;

const url = receiverUrl('an address that starts with `http://` or `https://`, without user and password');
const secret = z.string({ error: SECRET_EXPECTED }).refine(isSecret, { error: SECRET_EXPECTED });

/** Posts the contract's JSON, signed by the Standard Webhooks scheme where a secret is set. */
export const webhook = defineHttpNotifier({
  kind: 'webhook',
  name: 'Webhook',
  audience: 'machine',
  settings: z.strictObject({ url, secret: secret.optional() }),
  secrets: ['url', 'secret'],
  form: {
    url: {
      label: 'URL',
      hint: 'Stored encrypted: whoever knows it may post to it.',
      example: 'https://hooks.example.com/x',
    },
    secret: {
      label: 'Signing secret',
      hint: 'Optional. whsec_ and 24 to 64 random bytes in base64, as Standard Webhooks has it.',
      example: 'whsec_…',
    },
  },
  target: (settings) => new URL(settings.url).host,
  write: (notice, settings, at) => signed(notice, settings, at),
});

/** The request as it would arrive at a webhook that has a secret. */
export function previewPost(notice: Notice): Preview {
  const { headers, body } = signed(notice, { url: '', secret: '' }, notice.at);
  return { kind: 'http', method: 'POST', headers, body };
}

/** `webhook-id` is the notice's, the same for all its tries; the timestamp is the try's. */
function signed(
  notice: Notice,
  settings: { readonly url: string; readonly secret?: string | undefined },
  at: number,
): HttpRequest {
  const body = webhookBody(notice);
  const headers = {
    ...JSON_HEADERS,
    'webhook-id': notice.id,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    ...(settings.secret === undefined
      ? {}
      : { 'webhook-signature': signature(settings.secret, notice.id, { at, body }) }),
  };
  return { url: settings.url, headers, body };
}

/** In a preview there is no secret to sign with, and what is signed would be true of one try only. */
function signature(key: string, id: string, { at, body }: { readonly at: number; readonly body: string }): string {
  return isSecret(key) ? new Webhook(key).sign(id, new Date(at), body) : 'v1,(computed for each try)';
}

function isSecret(value: string): boolean {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value)?.[1];
  if (encoded === undefined) return false;
  const key = Buffer.from(encoded, 'base64');
  return key.toString('base64') === encoded && key.length >= KEY_BYTES.min && key.length <= KEY_BYTES.max;
}
