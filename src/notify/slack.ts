import { z } from 'zod';
import { describe, type Message } from '../core/message.ts';
import { adviceLines, factLines, ICONS, line, linesWithin, type Marks } from './chat.ts';
import type { HttpAnswer, Reading } from './http-notifier.ts';
import { defineHttpNotifier, jsonRequest } from './http-notifier.ts';
import { receiverUrl } from './receiver-url.ts';

/** Block Kit: characters of a header's text and of a section's. */
const MAX_HEADER = 150;
const MAX_SECTION = 3000;
const MAX_SENTENCE = 1000;

const HOOK_PATH = /^\/services\/T[A-Z0-9]+\/B[A-Z0-9]+\/[A-Za-z0-9]+$/;

const url = receiverUrl(
  'the address of a Slack incoming webhook, such as `https://hooks.slack.com/services/T…/B…/…`, or of a server that takes the same messages',
  ({ protocol, hostname, pathname }) => {
    if (!/(^|\.)slack(-gov)?\.com$/.test(hostname)) return true;
    return protocol === 'https:' && hostname.startsWith('hooks.') && HOOK_PATH.test(pathname);
  },
);

/** Posts blocks to an incoming webhook. */
export const slack = defineHttpNotifier({
  kind: 'slack',
  name: 'Slack',
  audience: 'people',
  settings: z.strictObject({ url }),
  secrets: ['url'],
  form: {
    url: {
      label: 'Webhook URL',
      hint: 'Of an incoming webhook of a Slack app.',
      example: 'https://hooks.slack.com/services/T…/B…/…',
    },
  },
  target: (settings) => new URL(settings.url).host,
  write: (notice, settings) => jsonRequest(settings.url, body(describe(notice))),
  read,
});

function body(message: Message): object {
  const { tone, subject, sentence, explanation, link } = message;
  const title = `${ICONS[tone]} ${subject}`;
  const what = [sentence, explanation ?? ''].filter((each) => each !== '').map((each) => line(each, MAX_SENTENCE));
  const address = link.url.replace(/[<>|]/g, encodeURIComponent);
  return {
    // What a notification and a screen reader say; the blocks are what is seen.
    text: line(title, MAX_HEADER, MARKS.disarm),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(line(title, MAX_HEADER)) },
      { type: 'section', text: plain(what.join('\n')) },
      ...section(factLines(message, MARKS)),
      ...section(adviceLines(message, MARKS)),
      ...section([`<${address}|${line(link.label, MAX_HEADER, MARKS.disarm)}>`]),
    ],
  };
}

function plain(text: string): object {
  return { type: 'plain_text', text, emoji: false };
}

/** Nothing for no lines. `verbatim`: names of people and channels in it are not turned into mentions. */
function section(lines: readonly string[]): readonly object[] {
  const text = linesWithin(lines, MAX_SECTION);
  return text === '' ? [] : [{ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }];
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '`': "'" };

/** Mentions and links begin with `<`. A back quote would make code of all that follows, and has no escape. */
const MARKS: Marks = { disarm: (character) => ENTITIES[character] ?? character, bold: (text) => `*${text}*` };

/** Slack says `ok`, or why not in one word; servers like it say so in JSON. */
function read({ status, text, json }: HttpAnswer): Reading {
  const said = answerSchema.safeParse(json).data;
  const refused = said?.ok === false || said?.success === false || /^[a-z]+(_[a-z]+)+$/.test(text.trim());
  return { ...(said?.error === undefined ? {} : { words: said.error }), refused: status < 300 && refused };
}

const answerSchema = z.object({ ok: z.boolean(), success: z.boolean(), error: z.string() }).partial();
