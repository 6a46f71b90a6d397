import { computed } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { useDashboard } from '../context.ts';
import { duration, epoch, exact, MISSING, moment, relative } from '../format.ts';

/** "3 min ago", the exact time on hover. Only its words change with the time: a list has hundreds of these. */
export function Ago({ at }: { at: string | null }) {
  const { now } = useDashboard();
  const then = epoch(at);
  const words = useMemo(() => computed(() => relative(then, now.value)), [then]);
  return <Time at={at}>{words}</Time>;
}

/** When something is next: "in 8 s", and "now" once that is past. */
export function Due({ at }: { at: string }) {
  const now = useDashboard().now.value;
  return <Time at={at}>{relative(Math.max(Date.parse(at), now), now)}</Time>;
}

/** "12:03" today, else with the date; `precise` with seconds. */
export function Moment({ at, precise = false }: { at: string | null; precise?: boolean }) {
  const { now } = useDashboard();
  return <Time at={at}>{moment(epoch(at), now.peek(), precise)}</Time>;
}

function Time({ at, children }: { at: string | null; children: ComponentChildren }) {
  if (at === null) return <span>{MISSING}</span>;
  return (
    <time dateTime={at} title={exact(Date.parse(at))} class="nowrap">
      {children}
    </time>
  );
}

/** How long it has lasted since `at`. */
export function Lasting({ at }: { at: string }) {
  const { now } = useDashboard();
  return <span class="nowrap">{duration(Math.max(0, now.value - Date.parse(at)))}</span>;
}
