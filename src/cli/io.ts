import { existsSync, readFileSync } from 'node:fs';
import { ROOT } from '../root.ts';

/** What every command exits with (contract, "Commands"). */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** A command line that cannot be understood, or a configuration that cannot be used: one sentence, exit 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export function out(text: string): void {
  process.stdout.write(text);
}

export function err(text: string): void {
  process.stderr.write(text);
}

/** The configuration where none is named (contract, "Commands"). Throws UsageError; `wanted` says in it what for. */
export function defaultFile(wanted = ''): string {
  const found = ['config.yaml', 'config.example.yaml'].find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new UsageError(`there is neither config.yaml nor config.example.yaml in this folder${wanted}.`);
}

/** The version in package.json. */
export function version(): string {
  const own: { readonly version: string } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'));
  return own.version;
}
