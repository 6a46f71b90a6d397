import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildPages } from './browser.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the page as it ships, built once for all tests of a run. */
    readonly pages: string;
  }
}

const folder = (): string => join(tmpdir(), `alivemcp-web-${process.pid}`);

/** Run by vitest before the first test in test/web. */
export async function setup({ provide }: TestProject): Promise<void> {
  await buildPages(folder());
  provide('pages', folder());
}

/** Run by vitest after the last. */
export async function teardown(): Promise<void> {
  await rm(folder(), { recursive: true, force: true });
}
