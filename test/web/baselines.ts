import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pixelmatch from 'pixelmatch';
import type { Page } from 'playwright-core';
import { type Picture, PNG } from 'pngjs';

const FOLDER = join(import.meta.dirname, 'baselines');
/** Where a picture that differs is left, beside a drawing of what differs. */
const FOUND = join(tmpdir(), 'alivemcp-baselines');
const DEADLINE_MS = 20_000;
const AGAIN_MS = 100;
/** Share of the pixels that may differ: on another processor a rounding may fall the other way; a word is more. */
export const TOLERANCE = 0.0002;
/** How far apart two colours may be, from 0 to 1, to count as one. */
const THRESHOLD = 0.1;
/** Colours are kept in steps of 8 of 256: half the bytes, and nothing that an eye sees. */
const STEP = 8;
/** Without alpha and filters, packed as tightly as zlib can. */
const SMALL = { colorType: 2, filterType: 0, deflateLevel: 9, deflateStrategy: 0 };

/**
 * Waits until the window looks like its committed picture, and throws when it does not in time. With UPDATE_BASELINES in
 * the environment it waits until the window stands still, and writes the picture.
 */
export async function againstBaseline(page: Page, name: string): Promise<void> {
  const file = join(FOLDER, `${name}.png`);
  if (process.env['UPDATE_BASELINES'] !== undefined) return keep(file, await still(page));
  const baseline = PNG.sync.read(await readFile(file));
  const from = performance.now();
  for (;;) {
    const shot = await shotOf(page);
    if (differing(shot, baseline) <= TOLERANCE) return;
    if (performance.now() - from > DEADLINE_MS) throw new Error(await evidence(name, shot, baseline));
    await wait(AGAIN_MS);
  }
}

/** What the window shows, without anything that moves. */
export async function shotOf(page: Page): Promise<Picture> {
  return inSteps(PNG.sync.read(await page.screenshot({ animations: 'disabled', caret: 'hide' })));
}

/** The share of pixels in which a person would see another colour; all where the sizes differ. */
export function differing(one: Picture, other: Picture, drawing: Uint8Array | null = null): number {
  const { width, height } = one;
  if (other.width !== width || other.height !== height) return 1;
  return pixelmatch(one.data, other.data, drawing, width, height, { threshold: THRESHOLD }) / (width * height);
}

/** The first of two pictures in a row, a second apart, that are one, once nothing more is on its way. */
async function still(page: Page): Promise<Picture> {
  await page.waitForLoadState('networkidle');
  let last = await shotOf(page);
  for (;;) {
    await wait(1_000);
    const next = await shotOf(page);
    if (differing(next, last) === 0) return next;
    last = next;
  }
}

async function evidence(name: string, shot: Picture, baseline: Picture): Promise<string> {
  const drawing = new Uint8Array(shot.data.length);
  const share = differing(shot, baseline, drawing);
  await keep(join(FOUND, `${name}.png`), shot);
  await keep(join(FOUND, `${name}.differs.png`), { ...shot, data: drawing });
  return (
    `${name} differs from test/web/baselines/${name}.png in ${(100 * share).toFixed(2)} % of its pixels: look at ${FOUND}. ` +
    'If it is meant to, make the pictures anew: npm run baselines'
  );
}

function inSteps(picture: Picture): Picture {
  const { data } = picture;
  for (let at = 0; at < data.length; at += 1) data[at] = Math.min(255, Math.round((data[at] ?? 0) / STEP) * STEP);
  return picture;
}

async function keep(file: string, picture: Picture): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, PNG.sync.write(picture, SMALL));
}
