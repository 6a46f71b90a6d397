import { z } from 'zod';
import { describe, type Message } from '../core/message.ts';
import { ICONS, line } from './chat.ts';
import type { HttpAnswer, Reading } from './http-notifier.ts';
import { defineHttpNotifier, jsonRequest } from './http-notifier.ts';
import { receiverUrl } from './receiver-url.ts';

/** Teams takes 28 KB. Each share holds in bytes of JSON; with the frame around them they stay below it. */
const MAX_FACT_BYTES = 14_000;
const MAX_ADVICE_BYTES = 4000;
const MAX_SUBJECT = 300;
const MAX_SENTENCE = 500;
const MAX_EXPLANATION = 1000;
const MAX_LABEL = 60;
const MAX_VALUE = 400;

const COLOURS = { down: 'attention', degraded: 'warning', up: 'good', test: 'accent' } as const satisfies Record<
  Message['tone'],
  string
>;

const url = receiverUrl(
  'the address that a Teams workflow (“When a Teams webhook request is received”) gives, with its `sig=`',
  ({ protocol, hostname, pathname, searchParams }) => {
    if (/(^|\.)(logic\.azure\.com|powerplatform\.com)$/.test(hostname))
      return protocol === 'https:' && pathname.includes('/triggers/') && searchParams.has('sig');
    return !/^(teams\.microsoft\.com|teams\.live\.com|outlook\.office(365)?\.com)$/.test(hostname);
  },
);

/** Posts an Adaptive Card to a workflow. */
export const teams = defineHttpNotifier({
  kind: 'teams',
  name: 'Microsoft Teams',
  audience: 'people',
  settings: z.strictObject({ url }),
  secrets: ['url'],
  form: {
    url: {
      label: 'Workflow URL',
      hint: 'Of a workflow made from “Send webhook alerts to a channel”.',
      example: 'https://….api.powerplatform.com/…/triggers/manual/paths/invoke?…&sig=…',
    },
  },
  target: (settings) => new URL(settings.url).host,
  write: (notice, settings) => jsonRequest(settings.url, envelope(card(describe(notice)))),
  read,
});

function envelope(content: object): object {
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content };
  return { type: 'message', attachments: [attachment] };
}

function card(message: Message): object {
  const { tone, subject, sentence, explanation, tryThis, link } = message;
  const advice = tryThis.map((each) => rich([run(`• ${line(each, MAX_VALUE)}`)]));
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      rich([
        run(line(`${ICONS[tone]} ${subject}`, MAX_SUBJECT), { size: 'Medium', weight: 'Bolder', color: COLOURS[tone] }),
      ]),
      rich([run(line(sentence, MAX_SENTENCE), { weight: 'Bolder' })]),
      ...(explanation === null ? [] : [rich([run(line(explanation, MAX_EXPLANATION))])]),
      ...within(message.facts.map(row), MAX_FACT_BYTES),
      ...(advice.length === 0 ? [] : [rich([run('Try', { weight: 'Bolder' })]), ...within(advice, MAX_ADVICE_BYTES)]),
    ],
    actions: [{ type: 'Action.OpenUrl', title: link.label, url: link.url }],
  };
}

/** A label and its value side by side: a FactSet would read Markdown in both. */
function row([label, value]: Message['facts'][number]): object {
  const labelled = run(line(label, MAX_LABEL), { isSubtle: true });
  return {
    type: 'ColumnSet',
    spacing: 'Small',
    columns: [
      { type: 'Column', width: '110px', items: [rich([labelled])] },
      { type: 'Column', width: 'stretch', items: [rich([run(line(value, MAX_VALUE))])] },
    ],
  };
}

/** As many elements as fit, and a last one that counts the rest. */
function within(elements: readonly object[], maxBytes: number): readonly object[] {
  const kept: object[] = [];
  let left = maxBytes;
  for (const element of elements) {
    left -= Buffer.byteLength(JSON.stringify(element));
    if (left < 0) return [...kept, rich([run(`… and ${elements.length - kept.length} more`, { isSubtle: true })])];
    kept.push(element);
  }
  return kept;
}

/** The one kind of text in a card in which Markdown, links and mentions mean nothing. */
function rich(inlines: readonly object[]): object {
  return { type: 'RichTextBlock', inlines };
}

/** Two braces begin a function of the card's own, such as `{{DATE(…)}}`. */
function run(text: string, style: Readonly<Record<string, unknown>> = {}): object {
  return { type: 'TextRun', text: text.replaceAll('{{', '{ {'), ...style };
}

/** A workflow says 202 and nothing; the connectors before it said 200 with a 1, or with what went wrong. */
function read({ status, text, json }: HttpAnswer): Reading {
  const said = answerSchema.safeParse(json).data?.error;
  const failed = status < 300 && /^Webhook (message delivery failed|Bad Request)/i.test(text);
  return { refused: failed, ...(said === undefined ? {} : { words: `${said.code}: ${said.message}` }) };
}

const answerSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
