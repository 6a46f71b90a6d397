import { z } from 'zod';
import { describe, type Message } from '../core/message.ts';
import { adviceLines, factLines, ICONS, line, linesWithin, type Marks } from './chat.ts';
import type { HttpAnswer, Reading } from './http-notifier.ts';
import { defineHttpNotifier, jsonRequest } from './http-notifier.ts';
import { baseUrl, under } from './receiver-url.ts';

const API = 'https://api.telegram.org';

/** Shares of the 4,096 characters that a message may have, tags not counted. */
const MAX_SUBJECT = 300;
const MAX_SENTENCE = 500;
const MAX_EXPLANATION = 800;
const MAX_FACTS = 1400;
const MAX_ADVICE = 800;
const MAX_LABEL = 60;

const TOKEN_EXPECTED = 'expected a bot’s token as BotFather gives it, such as `123456789:AA…`';
const CHAT_EXPECTED = 'expected a chat’s number, such as `-1001234567890`, or a public channel’s name, such as `@ops`';

const token = z.string({ error: TOKEN_EXPECTED }).regex(/^\d{6,20}:[A-Za-z0-9_-]{30,64}$/, { error: TOKEN_EXPECTED });
const chat = z.union(
  [
    z.int({ error: CHAT_EXPECTED }),
    z.string({ error: CHAT_EXPECTED }).regex(/^(-?\d{1,20}|@[A-Za-z]\w{3,31})$/, { error: CHAT_EXPECTED }),
  ],
  { error: CHAT_EXPECTED },
);

/** Sends a message by a bot. */
export const telegram = defineHttpNotifier({
  kind: 'telegram',
  name: 'Telegram',
  audience: 'people',
  settings: z.strictObject({
    token,
    chat_id: chat,
    url: baseUrl(
      'the address of your own Bot API server, such as `http://127.0.0.1:8081`; leave it out for Telegram’s',
    ).optional(),
  }),
  secrets: ['token'],
  form: {
    token: { label: 'Bot token', hint: 'From @BotFather.', example: '123456789:AA…' },
    chat_id: {
      label: 'Chat',
      hint: 'The number of a chat that the bot is in, or the @name of a public channel it may post to.',
      example: '-1001234567890',
    },
    url: { label: 'Bot API server', hint: 'Only for one of your own.', example: API },
  },
  target: (settings) => `chat ${settings.chat_id}`,
  write: (notice, settings) =>
    jsonRequest(under(settings.url ?? API, `bot${settings.token}/sendMessage`), {
      chat_id: settings.chat_id,
      text: html(describe(notice)),
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
    }),
  read,
});

function html(message: Message): string {
  const { tone, subject, sentence, explanation, link } = message;
  const { disarm, bold } = MARKS;
  const what = [line(sentence, MAX_SENTENCE, disarm), line(explanation ?? '', MAX_EXPLANATION, disarm)];
  const paragraphs = [
    bold(line(`${ICONS[tone]} ${subject}`, MAX_SUBJECT, disarm)),
    what.filter((each) => each !== '').join('\n'),
    linesWithin(factLines(message, MARKS), MAX_FACTS),
    linesWithin(adviceLines(message, MARKS), MAX_ADVICE),
    `<a href="${[...link.url].map(disarm).join('')}">${line(link.label, MAX_LABEL, disarm)}</a>`,
  ];
  return paragraphs.filter((paragraph) => paragraph !== '').join('\n\n');
}

/** The wide at sign names nobody: `@name` would ping whoever has that name in the group. */
const WRITTEN: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '@': '＠' };

const MARKS: Marks = { disarm: (character) => WRITTEN[character] ?? character, bold: (text) => `<b>${text}</b>` };

/** Telegram says `ok` in the body, whatever the status; what it wants of us is in `parameters`. */
function read({ json }: HttpAnswer): Reading {
  const said = answerSchema.safeParse(json).data;
  if (said === undefined) return {};
  if (said.ok) return { words: `kept as message ${said.result?.message_id ?? '?'}` };
  const { error_code: code = 0, description = 'no reason given', parameters = {} } = said;
  const moved = parameters.migrate_to_chat_id;
  return {
    refused: true,
    words: moved === undefined ? description : `${description}; its chat_id is now ${moved}`,
    ...(code === 0 ? {} : { retry: code === 429 || code >= 500 }),
    ...(parameters.retry_after === undefined ? {} : { retryAfterMs: parameters.retry_after * 1000 }),
  };
}

const answerSchema = z.object({
  ok: z.boolean(),
  result: z.object({ message_id: z.number() }).optional().catch(undefined),
  error_code: z.number().optional(),
  description: z.string().optional(),
  parameters: z.object({ retry_after: z.number().nonnegative(), migrate_to_chat_id: z.number() }).partial().optional(),
});
