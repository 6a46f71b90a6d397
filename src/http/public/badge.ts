import type { PublicStatus } from './public-server.ts';
import { escapeXml } from './xml.ts';

/** What a badge says: a label on the left, a value on the right. */
export interface Badge {
  readonly label: string;
  readonly value: string;
  readonly tone: Tone;
}

export type Tone = 'good' | 'fair' | 'bad' | 'none';

/** White text is at least 4.5:1 on each. */
const COLOURS: Readonly<Record<Tone, string>> = { good: '#17754a', fair: '#8a5a00', bad: '#bf2219', none: '#5f6c79' };
const LABEL_COLOUR = '#3c4753';

export const STATUS_TONES: Readonly<Record<PublicStatus, Tone>> = {
  live: 'good',
  degraded: 'fair',
  down: 'bad',
  unknown: 'none',
};

const HEIGHT = 20;
const PADDING = 6;
/** Of letters of 11 px in common faces; the text is then stretched to the room it was given. */
const LETTER_PX = { narrow: 4, common: 6.8, wide: 10, full: 11 } as const;
/** A name may be longer than a badge should be. */
const MAX_LETTERS = 40;

/** The badge as an image. Colour is never alone: the value says the same in words. */
export function badgeSvg({ label, value, tone }: Badge): string {
  const [left, right] = [short(label), short(value)];
  const [leftPx, rightPx] = [widthOf(left), widthOf(right)];
  const width = leftPx + rightPx;
  const title = escapeXml(`${left}: ${right}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" role="img" aria-label="${title}">
<title>${title}</title>
<clipPath id="r"><rect width="${width}" height="${HEIGHT}" rx="3"/></clipPath>
<g clip-path="url(#r)"><rect width="${leftPx}" height="${HEIGHT}" fill="${LABEL_COLOUR}"/><rect x="${leftPx}" width="${rightPx}" height="${HEIGHT}" fill="${COLOURS[tone]}"/></g>
<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">${textAt(PADDING, leftPx, left)}${textAt(leftPx + PADDING, rightPx, right)}</g>
</svg>
`;
}

/** The same in the form that shields.io fetches ("endpoint badge"). */
export function shieldsJson({ label, value, tone }: Badge): {
  readonly schemaVersion: 1;
  readonly label: string;
  readonly message: string;
  readonly color: string;
} {
  return { schemaVersion: 1, label, message: value, color: COLOURS[tone].slice(1) };
}

function textAt(x: number, boxPx: number, text: string): string {
  return `<text x="${x}" y="14" textLength="${boxPx - 2 * PADDING}" lengthAdjust="spacingAndGlyphs">${escapeXml(text)}</text>`;
}

function widthOf(text: string): number {
  return Math.ceil([...text].reduce((sum, letter) => sum + LETTER_PX[sizeOf(letter)], 0)) + 2 * PADDING;
}

function sizeOf(letter: string): keyof typeof LETTER_PX {
  if (/[ijlftI.,:;'|! ]/.test(letter)) return 'narrow';
  if (/[mwMW%@…]/.test(letter)) return 'wide';
  return letter >= '\u1100' ? 'full' : 'common';
}

function short(text: string): string {
  const letters = [...text];
  return letters.length <= MAX_LETTERS ? text : `${letters.slice(0, MAX_LETTERS - 1).join('')}…`;
}
