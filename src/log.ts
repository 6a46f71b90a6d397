import { pino } from 'pino';
import type { Log } from './core/ports.ts';

const LEVELS: Readonly<Record<number, string>> = { 30: 'info', 40: 'warn', 50: 'error' };

/** Operational messages: lines for people on a terminal, one JSON object a line elsewhere. */
export function createLog({ isTerminal }: { readonly isTerminal: boolean }): Log {
  const options = { base: null, serializers: { error: sentence } };
  const logger = isTerminal ? pino(options, { write: (line) => process.stdout.write(forPeople(line)) }) : pino(options);
  return {
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}

/** An error as one sentence with what caused it; stacks say nothing to an operator and may hold secrets. */
function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${sentence(error.cause)})`;
}

/** `12:03:04 warn  message  server=orders` */
function forPeople(line: string): string {
  const { level, time, msg, ...fields }: Record<string, unknown> = JSON.parse(line);
  const at = new Date(Number(time)).toLocaleTimeString('en-GB');
  const rest = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${at} ${(LEVELS[Number(level)] ?? '').padEnd(5)} ${[String(msg), ...rest].join('  ')}\n`;
}
