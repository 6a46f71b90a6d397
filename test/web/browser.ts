import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as driver } from 'playwright-core';
import { build } from 'vite';

/** Not for us: one process for all dies with its first page, and the page must be safe with web security on. */
const UNWANTED = ['--single-process', '--disable-web-security', '--allow-running-insecure-content'];

/** A real Chromium from an npm package. */
export async function openBrowser(): Promise<Browser> {
  const args = chromium.args.filter((arg) => !UNWANTED.includes(arg));
  return driver.launch({ executablePath: await chromium.executablePath(), args, headless: true });
}

/** Builds the page as it ships; returns the folder. */
export async function buildPages(): Promise<string> {
  const outDir = join(tmpdir(), `alivemcp-web-${process.pid}`);
  const configFile = fileURLToPath(new URL('../../web/vite.config.ts', import.meta.url));
  await build({ configFile, logLevel: 'error', build: { outDir, emptyOutDir: true } });
  return outDir;
}
