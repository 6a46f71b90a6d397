import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { LoadDeps } from '../config/load.ts';
import { readTextFile } from '../config/read-file.ts';
import { calendar } from '../engine/cron.ts';
import { notifierKinds } from '../notify/registry.ts';

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

/** The configuration where none is named (contract, "Commands"). */
export function defaultFile(): string {
  return existsSync('config.yaml') ? 'config.yaml' : 'config.example.yaml';
}

/** What reading a configuration needs from this machine. */
export function loadDeps(): LoadDeps {
  return { env: process.env, readFile: readTextFile, calendar, channelKinds: notifierKinds };
}

/** The version in package.json, which lies beside `src` and `dist` alike. */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
