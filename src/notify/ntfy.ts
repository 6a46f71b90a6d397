import { z } from 'zod';
import { describe, type Message } from '../core/message.ts';
import { adviceLines, factLines, line, linesWithin, type Marks } from './chat.ts';
import type { HttpAnswer, Reading } from './http-notifier.ts';
import { defineHttpNotifier, jsonRequest } from './http-notifier.ts';
import { baseUrl } from './receiver-url.ts';

const PUBLIC = 'https://ntfy.sh';

/** A longer message arrives as an attachment, and the whole JSON may be twice as long. */
const MAX_MESSAGE_BYTES = 4096;
const MAX_TITLE = 250;
const MAX_SENTENCE = 1000;

/** ntfy's words for its priorities 1 to 5. */
const PRIORITIES = ['min', 'low', 'default', 'high', 'max'] as const;
const BY_SEVERITY = { critical: 5, major: 4, warning: 3, info: 2 } as const satisfies Record<
  Message['severity'],
  number
>;
const CALM = 3;

/** Shown as emoji before the title. */
const TAGS = {
  down: 'red_square',
  degraded: 'warning',
  up: 'green_circle',
  test: 'large_blue_circle',
} as const satisfies Record<Message['tone'], string>;

const TOPIC_EXPECTED = 'expected a topic of 1 to 64 letters, digits, _ and -';
const TOKEN_EXPECTED = 'expected an access token, `tk_` and 29 letters and digits';
const PRIORITY_EXPECTED = 'expected `min`, `low`, `default`, `high`, `max` or 1 to 5';

const topic = z.string({ error: TOPIC_EXPECTED }).regex(/^[-_A-Za-z0-9]{1,64}$/, { error: TOPIC_EXPECTED });
const token = z.string({ error: TOKEN_EXPECTED }).regex(/^tk_[A-Za-z0-9]{29}$/, { error: TOKEN_EXPECTED });

const priority = z.literal([...PRIORITIES, 1, 2, 3, 4, 5], { error: PRIORITY_EXPECTED });

/** Publishes as JSON, so that no text of a target comes near a header. */
export const ntfy = defineHttpNotifier({
  kind: 'ntfy',
  name: 'ntfy',
  audience: 'people',
  settings: z.strictObject({
    url: baseUrl(
      'the address of an ntfy server without the topic, such as `https://ntfy.sh`',
      ({ pathname }) => pathname === '/',
    ).optional(),
    topic,
    token: token.optional(),
    priority: priority.optional(),
  }),
  secrets: ['topic', 'token'],
  form: {
    topic: {
      label: 'Topic',
      hint: 'On a public server whoever knows it may read along: choose one that cannot be guessed.',
      example: 'alive-7fK2xQ9w',
    },
    url: { label: 'Server', hint: `Left out: ${PUBLIC}.`, example: PUBLIC },
    token: { label: 'Access token', hint: 'Where the topic is protected.', example: 'tk_…' },
    priority: { label: 'Priority', hint: 'Left out: by severity. min, low, default, high or max.', example: 'high' },
  },
  target: (settings) => new URL(settings.url ?? PUBLIC).host,
  write: (notice, { url, topic, token, priority }) =>
    jsonRequest(
      new URL(url ?? PUBLIC).href,
      { topic, ...body(describe(notice), priority) },
      token === undefined ? {} : { authorization: `Bearer ${token}` },
    ),
  read: ({ json }: HttpAnswer): Reading => {
    const { id, error } = answerSchema.safeParse(json).data ?? {};
    const words = error ?? (id === undefined ? undefined : `kept as message ${id}`);
    return words === undefined ? {} : { words };
  },
});

function body(message: Message, chosen: z.output<typeof priority> | undefined): object {
  const { tone, severity, subject, sentence, explanation, link } = message;
  const advice = adviceLines(message, MARKS);
  const lines = [
    ...[sentence, explanation ?? ''].filter((each) => each !== '').map((each) => line(each, MAX_SENTENCE)),
    '',
    ...factLines(message, MARKS),
    ...(advice.length === 0 ? [] : ['', ...advice]),
  ];
  const urgency = chosen === undefined ? BY_SEVERITY[severity] : urgencyOf(chosen);
  return {
    title: line(subject, MAX_TITLE),
    message: linesWithin(lines, MAX_MESSAGE_BYTES, jsonBytes),
    tags: [TAGS[tone]],
    priority: tone === 'up' || tone === 'test' ? Math.min(urgency, CALM) : urgency,
    click: link.url,
  };
}

function urgencyOf(chosen: z.output<typeof priority>): number {
  return typeof chosen === 'number' ? chosen : PRIORITIES.indexOf(chosen) + 1;
}

/** At least as many as the text itself has. */
function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

const MARKS: Marks = { disarm: (character) => character, bold: (text) => text };

const answerSchema = z.object({ id: z.string(), error: z.string() }).partial();
