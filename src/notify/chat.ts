import type { Message } from '../core/message.ts';
import { cleanText } from '../core/text.ts';

/** The state's mark where colour and shape must fit into a line: each tone has both of its own. */
export const ICONS = { down: '🟥', degraded: '⚠️', up: '🟢', test: '🔵' } as const satisfies Record<
  Message['tone'],
  string
>;

const CUT = '…';
const MAX_LABEL = 60;
/** What is shown of one fact or piece of advice. The page has the whole of it. */
const MAX_VALUE = 400;

/** How one character is written so that a chat takes it for nothing but itself. */
export type Disarm = (character: string) => string;
const asIs: Disarm = (character) => character;

/**
 * Text from anywhere as one line of at most `max` UTF-16 units once disarmed: no control, bidi or invisible characters, no
 * half of a pair; what was cut ends in `…`.
 */
export function line(text: string, max: number, disarm: Disarm = asIs): string {
  const clean = cleanText(text.replace(/\s+/g, ' '), max);
  let written = '';
  let whole = '';
  for (const character of clean) {
    const next = written + disarm(character);
    if (next.length > max) return `${whole}${CUT}`;
    written = next;
    if (written.length <= max - CUT.length) whole = written;
  }
  return written;
}

/** As many whole lines as fit into `max` UTF-16 units, or units of `measure`, and a last one that counts the rest. */
export function linesWithin(
  lines: readonly string[],
  max: number,
  measure: (text: string) => number = (text) => text.length,
): string {
  const all = lines.join('\n');
  if (measure(all) <= max) return all;
  const kept: string[] = [];
  let left = max - measure(more(lines.length));
  for (const each of lines) {
    left -= measure(`${each}\n`);
    if (left < 0) break;
    kept.push(each);
  }
  return [...kept, more(lines.length - kept.length)].join('\n');
}

function more(count: number): string {
  return `${CUT} and ${count} more`;
}

/** How a chat writes the parts of a message. */
export interface Marks {
  readonly disarm: Disarm;
  /** Around text that is disarmed already. */
  readonly bold: (text: string) => string;
}

/** A message's facts, one a line. */
export function factLines({ facts }: Message, { disarm, bold }: Marks): readonly string[] {
  return facts.map(
    ([label, value]) => `${bold(`${line(label, MAX_LABEL, disarm)}:`)} ${line(value, MAX_VALUE, disarm)}`,
  );
}

/** What to try, under its heading; nothing where there is nothing to try. */
export function adviceLines({ tryThis }: Message, { disarm, bold }: Marks): readonly string[] {
  if (tryThis.length === 0) return [];
  return [bold('Try:'), ...tryThis.map((advice) => `• ${line(advice, MAX_VALUE, disarm)}`)];
}
