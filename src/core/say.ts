/** How a reason is put to people. */
export interface Wording {
  /** After the server's name in a subject line: `DOWN · Orders MCP · tool calls fail`. */
  readonly short: string;
  /** Makes a sentence with the server's name before it. */
  readonly clause: string;
  /** What to try where no cause is known; null: nothing beyond what the reason says. */
  readonly advice: string | null;
}

export function say(short: string, clause: string, advice: string | null = null): Wording {
  return { short, clause, advice };
}

export const LOGS = 'Look at the server’s own log at that time.';
