import { setTimeout as wait } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { openPlace, type Program } from '../test/fixtures/program.ts';
import { until } from '../test/fixtures/until.ts';
import { openBrowser } from '../test/web/browser.ts';
import { yearsDrawn } from './chart.ts';
import { configure } from './fleet.ts';
import { machine, startTarget, table } from './processes.ts';

/** What the dashboard costs a real browser, before the built `serve`. `npm run bench -- web`. */
const OPENINGS = 7;
const UPDATES_S = 30;

const rows: string[][] = [];
// As Chromium draws by itself where there is no graphics card; the package would have one imitated.
const browser = await openBrowser('--disable-accelerated-2d-canvas');
try {
  const drawn = await yearsDrawn(browser, OPENINGS);
  rows.push(['525,600 points drawn', words(drawn[OPENINGS >> 1]), words(drawn.at(-1)), '≤ 150 ms']);
  await look(1000, 60_000, '≤ 500 ms');
  await look(10_000, 600_000, '≤ 2,000 ms');
} finally {
  await browser.close();
}
console.log(`${machine()}, Chromium ${browser.version()}\n\n${table(['what', 'median', 'worst', 'must be'], rows)}`);

function words(ms: number | undefined): string {
  return `${(ms ?? 0).toFixed(0)} ms`;
}

async function look(servers: number, everyMs: number, limit: string): Promise<void> {
  const target = await startTarget(null);
  const here = await openPlace();
  try {
    await configure(here, target.origin, { servers, everyMs });
    const program = await here.serve();
    // Enough of them have been probed for the list to be what it is on any day.
    await until(async () => (await target.seen()) >= Math.min(servers, 2000), {
      what: 'they are probed',
      ms: 2 * everyMs,
      everyMs: 500,
    });
    const opened: number[] = [];
    for (let round = 0; round < OPENINGS; round += 1) opened.push(await openingOf(browser, program, servers));
    opened.sort((a, b) => a - b);
    rows.push([`${servers} servers on screen`, words(opened[OPENINGS >> 1]), words(opened.at(-1)), limit]);
    if (servers === 1000) {
      const busy = await updatesOf(browser, program);
      rows.push([
        `a second of updates, ${servers} servers × ${everyMs / 1000} s`,
        `${busy.toFixed(1)} ms`,
        '–',
        '≤ 16 ms',
      ]);
    }
    await program.stop();
  } finally {
    await here.close();
    target.close();
  }
}

/** From asking for the page, nothing cached, until all servers are counted and the first of them drawn. */
async function openingOf(within: Browser, { url }: Program, servers: number): Promise<number> {
  const context = await within.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const page = await context.newPage();
    const from = performance.now();
    await page.goto(url, { waitUntil: 'commit' });
    await page.locator('table.servers .cell-name').first().waitFor();
    await page
      .locator('.chip-count', { hasText: String(servers) })
      .first()
      .waitFor({ timeout: 120_000 });
    return performance.now() - from;
  } finally {
    await context.close();
  }
}

/** Processor time of the page's main thread per second, in milliseconds, once it stands. */
async function updatesOf(within: Browser, { url }: Program): Promise<number> {
  const context = await within.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const page = await context.newPage();
    await page.goto(url);
    await page.locator('table.servers .cell-name').first().waitFor();
    await wait(5000);
    const devtools = await context.newCDPSession(page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const taskMs = async (): Promise<number> => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
    };
    const before = await taskMs();
    await wait(UPDATES_S * 1000);
    return ((await taskMs()) - before) / UPDATES_S;
  } finally {
    await context.close();
  }
}
