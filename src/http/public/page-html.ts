import { formatDuration, formatLatency, formatPercent } from '../../core/duration.ts';
import type { UptimeDay } from '../../core/uptime.ts';
import { escapeHtml } from '../plain-page.ts';
import type { PageIncident, PageServer, PageView } from './page-view.ts';
import type { PublicStatus } from './public-server.ts';

/** Each state has a shape of its own, so that colour is never alone (the dashboard's shapes): as a letter in the title … */
const LETTERS: Readonly<Record<PublicStatus, string>> = { live: '●', degraded: '▲', down: '■', unknown: '○' };
/** … and drawn on the page, as not every font has those letters. On a grid of 12. */
const SHAPES: Readonly<Record<PublicStatus, string>> = {
  live: 'M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9z',
  degraded: 'M6 .8L11.6 10.8H.4z',
  down: 'M1.5 1.5h9v9h-9z',
  unknown: 'M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9zM6 3.2a2.8 2.8 0 1 1 0 5.6a2.8 2.8 0 1 1 0-5.6z',
};
const WORDS: Readonly<Record<PublicStatus, string>> = {
  live: 'works',
  degraded: 'works with trouble',
  down: 'does not work',
  unknown: 'not known',
};

/** The whole page, the same bytes for everybody. It needs neither script nor style sheet to be read. */
export function pageHtml(view: PageView): string {
  const { id, title, sentence, status, notes, groups, incidents, at } = view;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${LETTERS[status]} ${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/status/style.css">
<link rel="alternate" type="application/atom+xml" title="${escapeHtml(title)}" href="/status/${id}/feed.atom">
<script src="/status/page.js" defer></script>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="sentence">${markOf(status)}<span>${escapeHtml(sentence)}</span></p>
<p class="when">As of ${time(at)}. <span class="stale" hidden>It could not be renewed since then.</span></p>
${notes === '' ? '' : `<p class="notes">${escapeHtml(notes)}</p>`}
</header>
${groups.map(({ tag, servers }) => groupHtml(tag, servers, at)).join('\n')}
<section aria-labelledby="incidents">
<h2 id="incidents">Incidents of the last 30 days</h2>
${incidents.length === 0 ? '<p>None.</p>' : `<ul class="incidents">${incidents.map((incident) => incidentHtml(incident, at)).join('')}</ul>`}
</section>
<footer>
<p><a href="/status/${id}/feed.atom">Atom</a> · <a href="/status/${id}/feed.rss">RSS</a> · <a href="/status/${id}.json">JSON</a></p>
</footer>
</main>
</body>
</html>
`;
}

function groupHtml(tag: string | null, servers: readonly PageServer[], at: number): string {
  const heading = tag === null ? '' : `<h2>${escapeHtml(tag)}</h2>\n`;
  return `<section${tag === null ? ' aria-label="Servers"' : ''}>
${heading}<ul class="servers">${servers.map((server) => serverHtml(server, at)).join('')}</ul>
</section>`;
}

function serverHtml({ name, status, inMaintenance, uptime, p95Ms, days }: PageServer, at: number): string {
  const state = `${WORDS[status]}${inMaintenance ? ', in maintenance' : ''}`;
  return `<li>
<div class="line"><span class="name">${escapeHtml(name)}</span> <span class="state">${markOf(status)}${state}</span></div>
${barsSvg(days, at)}
<div class="line facts"><span>90 days: ${formatPercent(uptime)} up</span><span>${p95Ms === null ? '' : `P95 ${formatLatency(p95Ms)} over 24 h`}</span></div>
</li>`;
}

function markOf(status: PublicStatus): string {
  return `<svg class="mark ${status}" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d="${SHAPES[status]}"/></svg>`;
}

/** A day is 8 wide with 2 between, which the style sheet makes of a line by dashes: a run of like days is one stroke. */
const DAY_STEP = 10;
const HEIGHT = 28;
type DayKind = 'down' | 'degraded' | 'up' | 'maintenance' | 'unknown';

/** A bar for each day. Those on which something was the matter tell it on hover; the others are drawn together. */
function barsSvg(days: readonly UptimeDay[], at: number): string {
  const kinds = days.map(kindOf);
  const quiet = (['up', 'unknown'] as const).map((kind) => `<path class="${kind}" d="${runsOf(kinds, kind)}"/>`);
  const told = days.flatMap((day, index) => {
    const kind = kinds[index] ?? 'unknown';
    if (kind === 'up' || kind === 'unknown') return [];
    return [`<path class="${kind}" d="${strokeOf(index, index)}"><title>${dayTitle(day)}</title></path>`];
  });
  const width = days.length * DAY_STEP - 2;
  const bad = kinds.filter((kind) => kind === 'down').length;
  const label = `${days.length} days up to ${dateOf(at)}: ${bad} with downtime`;
  const bars = [...quiet, ...told].filter((bar) => !bar.includes('d=""')).join('');
  return `<svg class="bars" viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">${bars}</svg>`;
}

function runsOf(kinds: readonly DayKind[], kind: DayKind): string {
  const starts = kinds.flatMap((each, index) => (each === kind && kinds[index - 1] !== kind ? [index] : []));
  return starts
    .map((first) => {
      const end = kinds.findIndex((each, index) => index > first && each !== kind);
      return strokeOf(first, (end === -1 ? kinds.length : end) - 1);
    })
    .join('');
}

function strokeOf(first: number, last: number): string {
  return `M${first * DAY_STEP} ${HEIGHT / 2}H${last * DAY_STEP + 8}`;
}

function kindOf({ uptime }: UptimeDay): DayKind {
  if (uptime.downSeconds > 0) return 'down';
  if (uptime.degradedSeconds > 0) return 'degraded';
  if (uptime.upSeconds > 0) return 'up';
  return uptime.maintenanceSeconds > 0 ? 'maintenance' : 'unknown';
}

function dayTitle({ at, uptime }: UptimeDay): string {
  const parts = [
    ['down', uptime.downSeconds],
    ['with trouble', uptime.degradedSeconds],
    ['in maintenance', uptime.maintenanceSeconds],
  ] as const;
  const told = parts.flatMap(([word, seconds]) => (seconds > 0 ? [`${formatDuration(seconds * 1000)} ${word}`] : []));
  return `${dateOf(at)}: ${told.join(', ')}`;
}

function incidentHtml({ server, what, from, to }: PageIncident, now: number): string {
  const when =
    to === null
      ? `since ${time(from)} (${formatDuration(now - from)})`
      : `${time(from)} – ${time(to)} (${formatDuration(to - from)})`;
  return `<li${to === null ? ' class="open"' : ''}><strong>${escapeHtml(server)}</strong> ${what}. <span class="when">${when}</span></li>`;
}

function time(at: number): string {
  const iso = new Date(at).toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
