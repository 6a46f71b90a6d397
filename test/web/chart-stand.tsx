import { render } from 'preact';
import { latency } from '../../web/format.ts';
import { Chart } from '../../web/server/chart.tsx';

declare global {
  interface Window {
    /** Draws that many minutes up to now, anew. Resolves with the milliseconds from having the figures to having the picture. */
    drawMinutes: (count: number) => Promise<number>;
  }
}

const MINUTE_MS = 60_000;
const place = document.createElement('main');
document.body.append(place);

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

/** As a server of 80 ms with a collection now and then, a slow hour each week, and a day that nobody watched. */
function rowsOf(count: number): (number | null)[][] {
  const begin = Date.now() - count * MINUTE_MS;
  return Array.from({ length: count }, (_, minute) => minute)
    .filter((minute) => minute % 100_000 > 1_440)
    .map((minute) => {
      const p50 = 80 + 20 * Math.sin(minute / 700) + ((minute * 7919) % 13);
      const slow = minute % 10_080 < 60 ? 8 : 1;
      return [begin + minute * MINUTE_MS, p50, p50 * 1.4 * slow, p50 * 1.5 * slow + (minute % 97 === 0 ? 400 : 0)];
    });
}

window.drawMinutes = async (count) => {
  render(null, place);
  const rows = rowsOf(count);
  await nextFrame();
  const from = performance.now();
  render(
    <Chart
      theme="light"
      name="Latency"
      summary=""
      from={Date.now() - count * MINUTE_MS}
      to={Date.now()}
      gapMs={1.5 * MINUTE_MS}
      lines={[
        ['thin', 'P50'],
        ['strong', 'P95'],
        ['dots', 'slowest'],
      ]}
      rows={rows}
      limit={500}
      limitName="limit"
      words={latency}
      bands={[]}
      onZoom={() => undefined}
    />,
    place,
  );
  while (place.querySelector('canvas') === null) await nextFrame();
  await nextFrame();
  // Waits for what was drawn to be there.
  place.querySelector('canvas')?.getContext('2d')?.getImageData(0, 0, 1, 1);
  return performance.now() - from;
};
