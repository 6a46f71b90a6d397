import type { Message } from '../core/message.ts';
import { oneLine } from '../core/text.ts';

/** Colour of the bar beside the sentence, readable on white and on black. */
const TONES = { down: '#d93a3a', degraded: '#c47f17', up: '#2f9e5f', test: '#5b7089' } as const satisfies Record<
  Message['tone'],
  string
>;

const FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";

/** A link for a thumb, 40 px high, with a line in its own colour. */
const BUTTON = 'display:inline-block;padding:8px 16px;border:1px solid;border-radius:4px;text-decoration:none';

/** Colours come from one style block, so that a mail client with a dark theme can swap them; layout is inline. */
const STYLE = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
body{margin:0;background:#ffffff;color:#1b2430}
.quiet{color:#5a6675}
a{color:#1f5fbf}
@media (prefers-color-scheme:dark){body{background:#12171e!important;color:#e6ebf2!important}.quiet{color:#9aa7b8!important}a{color:#7db0ff!important}}
`;

/** The mail's plain text: sentence, why, facts, what to try, one link. */
export function layoutText({ sentence, explanation, facts, tryThis, link }: Message): string {
  const width = Math.max(...facts.map(([label]) => label.length));
  const paragraphs = [
    explanation === null ? sentence : `${sentence}\n${explanation}`,
    facts.map(([label, value]) => `${label.padEnd(width)}  ${oneLine(value)}`).join('\n'),
    tryThis.length === 0 ? null : ['Try:', ...tryThis.map((advice) => `- ${advice}`)].join('\n'),
    `${link.label}: ${link.url}`,
  ];
  return `${paragraphs.filter((paragraph) => paragraph !== null && paragraph !== '').join('\n\n')}\n`;
}

/** The same as HTML: everything escaped, nothing loaded from elsewhere. */
export function layoutHtml({ tone, subject, sentence, explanation, facts, tryThis, link }: Message): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<title>${escapeHtml(subject)}</title><style>${STYLE}</style></head>`,
    `<body style="${FONT};font-size:15px;line-height:1.5"><div style="max-width:640px;margin:0 auto;padding:24px 16px">`,
    `<div style="border-left:4px solid ${TONES[tone]};padding:0 0 0 12px">`,
    `<p style="margin:0;font-size:20px;line-height:1.35;font-weight:600">${escapeHtml(sentence)}</p>`,
    explanation === null ? '' : `<p style="margin:4px 0 0">${withUnits(explanation)}</p>`,
    '</div>',
    `<table role="presentation" style="margin:24px 0 0;border-collapse:collapse;${FONT};font-size:13px">${facts.map(row).join('')}</table>`,
    tryThis.length === 0
      ? ''
      : `<p style="margin:24px 0 0;font-weight:600">Try</p><ul style="margin:4px 0 0;padding:0 0 0 20px">${tryThis.map(item).join('')}</ul>`,
    `<p style="margin:24px 0 0"><a href="${escapeHtml(link.url)}" style="${BUTTON}">${escapeHtml(link.label)}</a></p>`,
    '</div></body></html>\n',
  ].join('\n');
}

function row([label, value]: Message['facts'][number]): string {
  const cell = 'padding:2px 16px 2px 0;vertical-align:top;text-align:left';
  return `<tr><th class="quiet" style="${cell};font-weight:400;white-space:nowrap">${escapeHtml(label)}</th><td style="${cell};overflow-wrap:anywhere">${withUnits(value)}</td></tr>`;
}

function item(advice: string): string {
  return `<li>${withUnits(advice).replace(/`([^`]+)`/g, '<code>$1</code>')}</li>`;
}

/** A number and its unit stay on one line. */
function withUnits(text: string): string {
  return escapeHtml(text).replace(/(\d) (?=(?:ms|s|min|h|d|%)(?!\w))/g, '$1&nbsp;');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Makes text safe between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
