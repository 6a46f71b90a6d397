import type { Pool, Probe, ServerDetail } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { counted, duration, epoch, figure, latency, MISSING } from '../format.ts';
import { Mark } from '../parts/mark.tsx';
import { levelTone, levelWord, SIGNALS, type Signal, signalWord } from '../words.ts';

const DAY_MS = 86_400_000;

/** The layers of a server left to right in the order in which they fail, each with its figure. */
export function Lights({ server }: { server: ServerDetail }) {
  const { now } = useDashboard();
  const lit = SIGNALS.filter((signal) => isLit(server, signal));
  if (lit.length === 0) return null;
  return (
    <ol class="lights" aria-label="Layers">
      {lit.map((signal) => {
        const level = server.signals[signal] ?? 'unknown';
        return (
          <li key={signal} class={level === 'ok' || level === 'unknown' ? '' : `tone-${levelTone(signal, level)}`}>
            <Mark tone={levelTone(signal, level)} label={levelWord(level)} />
            <span>{signalWord(signal)}</span>
            <span class="light-figure">{FIGURES[signal](server, Math.floor(now.value / 60_000) * 60_000)}</span>
          </li>
        );
      })}
    </ol>
  );
}

/** What is judged, and what is known although nothing judges it. Credentials only where there are any, or some are wanted. */
function isLit(server: ServerDetail, signal: Signal): boolean {
  const level = server.signals[signal];
  if (signal === 'auth')
    return level !== undefined && (level !== 'ok' || 'auth' in server.config || 'headers' in server.config);
  if (signal === 'tools') return server.tool_count !== null || level === 'warn' || level === 'fail';
  if (level !== undefined) return true;
  if (signal === 'pool') return server.pools.length > 0;
  return signal === 'tls' && server.last_probe?.tls != null;
}

const FIGURES: Readonly<Record<Signal, (server: ServerDetail, now: number) => string>> = {
  protocol: ({ last_probe: probe }) => latency(stepMs(probe, 'initialize')),
  canary: ({ last_probe: probe }) => canaryFigure(probe),
  health_url: ({ last_probe: probe }) => healthFigure(probe),
  latency: ({ latency: { p95_ms: p95 } }) => `P95 ${latency(p95)}`,
  pool: ({ pools }) =>
    pools.map((pool) => `${pools.length > 1 ? `${pool.name} ` : ''}${poolFigure(pool)}`).join(' · ') || MISSING,
  tools: toolsFigure,
  tls: ({ last_probe: probe }, now) => daysLeft(probe?.tls?.expires_at ?? null, now),
  auth: ({ signals }) => levelWord(signals.auth ?? 'unknown'),
};

function stepMs(probe: Probe | null, name: string): number | null {
  return probe?.steps.find((step) => step.name === name)?.ms ?? null;
}

function canaryFigure(probe: Probe | null): string {
  const canary = probe?.canary ?? null;
  if (canary?.is_error === true) return 'isError';
  const step = probe?.steps.find(({ name }) => name === 'canary');
  return step?.error == null ? latency(step?.ms ?? null) : wordsOf(step.error.code.replace(/^canary_/, ''));
}

function wordsOf(code: string): string {
  return code.replaceAll('_', ' ');
}

function healthFigure(probe: Probe | null): string {
  const ready = probe?.health_url?.ready;
  if (ready === undefined) return MISSING;
  return ready.status === null ? wordsOf(ready.reason?.code ?? MISSING) : String(ready.status);
}

function toolsFigure({ tool_count: count, tools_since: since, standing }: ServerDetail, now: number): string {
  const age = now - (epoch(since) ?? now);
  if (age <= 0) return figure(count);
  const span = inDays(age);
  const isDrift = standing.some(({ reason }) => reason?.code.startsWith('tools_changed'));
  return `${figure(count)}, ${isDrift ? `changed ${span} ago` : `unchanged ${span}`}`;
}

/** `10/10, 7 waiting` */
function poolFigure({ used, max, waiting, total }: Pick<Pool, 'used' | 'max' | 'waiting' | 'total'>): string {
  const size = max ?? total;
  const fill = used === null ? '' : size === null ? `${used} used` : `${used}/${size}`;
  const queue = waiting === null ? '' : `${waiting} waiting`;
  return [fill, queue].filter(Boolean).join(', ') || MISSING;
}

/** Whole days; the hours, too, when only a few are left. */
function daysLeft(at: string | null, now: number): string {
  if (at === null) return MISSING;
  const left = Date.parse(at) - now;
  if (left <= 0) return 'expired';
  return inDays(left);
}

/** From three days on nobody needs the hours. */
function inDays(ms: number): string {
  return ms < 3 * DAY_MS ? duration(ms) : counted(Math.floor(ms / DAY_MS), 'd', 'd');
}
