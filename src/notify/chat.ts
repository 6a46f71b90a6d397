import type { Message } from '../core/message.ts';
import { cleanText } from '../core/text.ts';

/** The state's mark where colour and shape must line into a line: each tone has both of its own. */
export const ICONS = { down: '🟥', degraded: '⚠️', up: '🟢', test: '🔵' } as const satisfies Record<
  Message['tone'],
  string
>;

const CUT = '…';

/** How one character is written so that a chat takes it for nothing but itself. */
export type Disarm = (character: string) => string;
const asIs: Disarm = (character) => character;

/**
 * Text from anywhere as one line of at most `max` UTF-16 units once escaped: no control, bidi or invisible characters, no
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

/** As many whole lines as fit into `max` UTF-16 units, and a last one that counts the rest. */
export function linesWithin(lines: readonly string[], max: number): string {
  const all = lines.join('\n');
  if (all.length <= max) return all;
  const kept: string[] = [];
  let left = max - more(lines.length).length;
  for (const line of lines) {
    left -= line.length + 1;
    if (left < 0) break;
    kept.push(line);
  }
  return [...kept, more(lines.length - kept.length)].join('\n');
}

function more(count: number): string {
  return `${CUT} and ${count} more`;
}
