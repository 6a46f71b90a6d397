import type { ServerDetail } from '../../src/http/wire.ts';
import type { Band, ChartProps } from './chart.tsx';

/** What the charts of one server share. */
export interface Shared {
  readonly server: ServerDetail;
  /** The part of an address that names the time. */
  readonly span: string;
  readonly newest: string | null;
  /** Where the time axis begins and ends, as soon as that is known. */
  readonly begin: number | undefined;
  readonly end: number | undefined;
  readonly bands: readonly Band[];
  readonly onZoom: ChartProps['onZoom'];
}

/** A probe that hangs for so long delays the next, where servers are probed more often. */
const HANGS_MS = 10_000;

/** Points further apart are a gap. `slack`: how much of the usual distance they may be late. */
export function gapOf({ schedule }: ServerDetail, bucketMs: number, slack: number): number {
  return (1 + slack) * Math.max(bucketMs, schedule.interval_ms ?? 0) + HANGS_MS;
}
