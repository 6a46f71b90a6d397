import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { build } from 'vite';

const YEAR_OF_MINUTES = 525_600;
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const STYLES = ['../web/style/tokens.css', '../node_modules/uplot/dist/uPlot.min.css', '../web/style/chart.css'].map(
  at,
);

/**
 * Milliseconds from having a year of minutes to having their picture, a few times, in ascending order. The API never
 * answers with so many points (300 at most), so the page's own chart is fed with them directly.
 */
export async function yearsDrawn(within: Browser, times: number): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'alivemcp-chart-'));
  const context = await within.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    await build({
      configFile: at('../web/vite.config.ts'),
      logLevel: 'error',
      define: { 'process.env.NODE_ENV': '"production"' },
      build: {
        outDir: folder,
        emptyOutDir: true,
        lib: { entry: at('../test/web/chart-stand.tsx'), formats: ['es'], fileName: 'stand' },
      },
    });
    const page = await context.newPage();
    for (const path of STYLES) await page.addStyleTag({ path });
    await page.addScriptTag({ path: join(folder, 'stand.js'), type: 'module' });
    await page.waitForFunction('window.drawMinutes !== undefined');
    const drawn: number[] = [];
    for (let round = 0; round < times; round += 1)
      drawn.push(Number(await page.evaluate(`drawMinutes(${YEAR_OF_MINUTES})`)));
    return drawn.sort((a, b) => a - b);
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true });
  }
}
