import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as driver } from 'playwright-core';
import { unpackFonts } from './fonts.ts';

const run = promisify(execFile);

/** Not for us: one process for all dies with its first page, and the page must be safe with web security on. */
const UNWANTED = ['--single-process', '--disable-web-security', '--allow-running-insecure-content'];

/** A real Chromium from an npm package, with the fonts of that package: text is as wide on one machine as on another. `more` are arguments. */
export async function openBrowser(...more: readonly string[]): Promise<Browser> {
  const args = [...chromium.args.filter((arg) => !UNWANTED.includes(arg)), ...more];
  const fonts = await unpackFonts();
  const env = { ...process.env, FONTCONFIG_FILE: join(fonts, 'fonts.conf') };
  const browser = await driver.launch({ executablePath: await chromium.executablePath(), args, env, headless: true });
  browser.once('disconnected', () => void rm(fonts, { recursive: true, force: true }));
  return browser;
}

/** Builds the page as it ships, in a process of its own: this one is in test mode, which bundles differently. */
export async function buildPages(outDir: string): Promise<void> {
  const vite = fileURLToPath(new URL('../../node_modules/vite/bin/vite.js', import.meta.url));
  const config = fileURLToPath(new URL('../../web/vite.config.ts', import.meta.url));
  const env = { ...process.env, NODE_ENV: 'production' };
  await run(process.execPath, [vite, 'build', '--config', config, '--outDir', outDir, '--emptyOutDir'], { env });
}
