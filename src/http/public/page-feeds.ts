import { formatDuration, formatInstant } from '../../core/duration.ts';
import type { PageIncident, PageView } from './page-view.ts';
import { escapeXml } from './xml.ts';

const DAY_MS = 86_400_000;

/** RFC 4287. One entry an incident; it changes when the incident ends. */
export function atomFeed(view: PageView, pageUrl: string): string {
  const entries = view.incidents.map(
    (incident) => `<entry>
<id>${escapeXml(`${pageUrl}#${incident.id}`)}</id>
<title>${escapeXml(titleOf(incident))}</title>
<updated>${iso(incident.to ?? incident.from)}</updated>
<published>${iso(incident.from)}</published>
<link href="${escapeXml(pageUrl)}"/>
<content type="text">${escapeXml(textOf(incident))}</content>
</entry>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${escapeXml(pageUrl)}</id>
<title>${escapeXml(view.title)}</title>
<subtitle>${escapeXml(view.sentence)}</subtitle>
<updated>${iso(lastChange(view))}</updated>
<author><name>${escapeXml(view.title)}</name></author>
<link rel="self" href="${escapeXml(`${pageUrl}/feed.atom`)}"/>
<link href="${escapeXml(pageUrl)}"/>
${entries.join('\n')}
</feed>
`;
}

/** RSS 2.0, for readers that know nothing else. They take no changed entry, so the end of an incident is one of its own. */
export function rssFeed(view: PageView, pageUrl: string): string {
  const items = view.incidents.map(
    (incident) => `<item>
<guid isPermaLink="false">${escapeXml(`${pageUrl}#${incident.id}${incident.to === null ? '' : '-resolved'}`)}</guid>
<title>${escapeXml(titleOf(incident))}</title>
<pubDate>${new Date(incident.to ?? incident.from).toUTCString()}</pubDate>
<link>${escapeXml(pageUrl)}</link>
<description>${escapeXml(textOf(incident))}</description>
</item>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel>
<title>${escapeXml(view.title)}</title>
<link>${escapeXml(pageUrl)}</link>
<description>${escapeXml(view.sentence)}</description>
${items.join('\n')}
</channel></rss>
`;
}

/** The page as data. Times ISO 8601 UTC, shares 0..1, missing null. */
export function pageJson(view: PageView, pageUrl: string): object {
  return {
    id: view.id,
    title: view.title,
    notes: view.notes,
    url: pageUrl,
    status: view.status,
    sentence: view.sentence,
    at: iso(view.at),
    groups: view.groups.map(({ tag, servers }) => ({
      tag,
      servers: servers.map(({ id, name, status, inMaintenance, lastProbeAt, uptime, p95Ms, days }) => ({
        id,
        name,
        status,
        maintenance: inMaintenance,
        last_probe_at: lastProbeAt === null ? null : iso(lastProbeAt),
        uptime_90d: uptime,
        p95_ms: p95Ms,
        days: days.map((day) => ({
          date: iso(day.at).slice(0, 10),
          up_seconds: day.uptime.upSeconds,
          degraded_seconds: day.uptime.degradedSeconds,
          down_seconds: day.uptime.downSeconds,
          unknown_seconds: day.uptime.unknownSeconds,
          maintenance_seconds: day.uptime.maintenanceSeconds,
        })),
      })),
    })),
    incidents: view.incidents.map(({ id, server, what, from, to }) => ({
      id,
      server,
      what,
      started_at: iso(from),
      resolved_at: to === null ? null : iso(to),
    })),
  };
}

function titleOf({ server, what, to }: PageIncident): string {
  return to === null ? `${server} ${what}` : `${server} works again`;
}

function textOf({ server, what, from, to }: PageIncident): string {
  if (to === null) return `${server} ${what}, since ${formatInstant(from)}.`;
  return `${server} ${what} from ${formatInstant(from)} to ${formatInstant(to)} (${formatDuration(to - from)}).`;
}

/** When something on the page last became another; a page without incidents has no such time but its day. */
function lastChange({ incidents, at }: PageView): number {
  const times = incidents.map(({ from, to }) => to ?? from);
  return times.length === 0 ? Math.floor(at / DAY_MS) * DAY_MS : Math.max(...times);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
