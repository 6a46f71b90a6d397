import { z } from 'zod';
import { describe, type Message } from '../core/message.ts';
import type { Notice } from '../core/notice.ts';
import { adviceLines, factLines, ICONS, line, linesWithin, type Marks } from './chat.ts';
import type { HttpAnswer, Reading } from './http-notifier.ts';
import { defineHttpNotifier, jsonRequest } from './http-notifier.ts';
import { receiverUrl } from './receiver-url.ts';

/** Discord takes 2,000 characters of content, 256 of an embed's title, 4,096 of its description and 6,000 of an embed in all. */
const MAX_SUBJECT = 500;
const MAX_TITLE = 256;
/** Shares of the description, together below its limit. */
const MAX_EXPLANATION = 800;
const MAX_FACTS = 1700;
const MAX_ADVICE = 900;
const MAX_LINK = 600;

/** The bar beside the embed. */
const COLOURS = { down: 0xd93a3a, degraded: 0xc47f17, up: 0x2f9e5f, test: 0x5b7089 } as const satisfies Record<
  Message['tone'],
  number
>;

const HOOK_PATH = /^\/api(\/v\d+)?\/webhooks\/\d{17,20}\/[\w-]{60,100}$/;

const url = receiverUrl(
  'the address of a Discord webhook, such as `https://discord.com/api/webhooks/…/…`',
  ({ protocol, hostname, pathname }) => {
    if (!/(^|\.)discord(app)?\.com$/.test(hostname)) return true;
    return protocol === 'https:' && HOOK_PATH.test(pathname);
  },
);

/** Posts an embed to a webhook. */
export const discord = defineHttpNotifier({
  kind: 'discord',
  name: 'Discord',
  audience: 'people',
  settings: z.strictObject({ url }),
  secrets: ['url'],
  form: {
    url: {
      label: 'Webhook URL',
      hint: 'From the channel’s settings: Integrations, Webhooks, Copy Webhook URL.',
      example: 'https://discord.com/api/webhooks/…/…',
    },
  },
  target: (settings) => new URL(settings.url).host,
  write: (notice, settings) => jsonRequest(waiting(settings.url), body(describe(notice), notice)),
  read,
});

/** Without `wait` Discord says yes before it has kept the message, and never says no. */
function waiting(address: string): string {
  const url = new URL(address);
  url.searchParams.set('wait', 'true');
  return url.href;
}

function body(message: Message, { at }: Notice): object {
  const { tone, subject, sentence } = message;
  return {
    username: 'AliveMCP',
    // What a notification says; the embed is not part of it.
    content: line(`${ICONS[tone]} ${subject}`, MAX_SUBJECT, MARKS.disarm),
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: line(sentence, MAX_TITLE, MARKS.disarm),
        description: description(message),
        color: COLOURS[tone],
        timestamp: new Date(at).toISOString(),
      },
    ],
  };
}

function description(message: Message): string {
  const paragraphs = [
    line(message.explanation ?? '', MAX_EXPLANATION, MARKS.disarm),
    linesWithin(factLines(message, MARKS), MAX_FACTS),
    linesWithin(adviceLines(message, MARKS), MAX_ADVICE),
    linkTo(message.link),
  ];
  return paragraphs.filter((paragraph) => paragraph !== '').join('\n\n');
}

/** Not the embed's own `url`: Discord refuses the whole message where it finds that address odd. */
function linkTo({ label, url }: Message['link']): string {
  const link = `[${label}](${url.replace(/[\s()<>]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)})`;
  return link.length <= MAX_LINK ? link : '';
}

/** Any of these may begin or end formatting, a link, a mention or a heading; after a backslash it stands for itself. */
const MARKS: Marks = {
  disarm: (character) => (/[\\*_~`|<>[\]()#@]/.test(character) ? `\\${character}` : character),
  bold: (text) => `**${text}**`,
};

/** An error is `{ message, code }`; being too fast is `{ message, retry_after }`, in seconds with a fraction. */
function read({ status, json }: HttpAnswer): Reading {
  const said = answerSchema.safeParse(json).data ?? {};
  return {
    ...(status < 300 && said.id !== undefined ? { words: `kept as message ${said.id}` } : {}),
    ...(said.message === undefined ? {} : { words: said.message }),
    ...(said.retry_after === undefined ? {} : { retryAfterMs: Math.ceil(said.retry_after * 1000) }),
  };
}

const answerSchema = z.object({ id: z.string(), message: z.string(), retry_after: z.number().nonnegative() }).partial();
