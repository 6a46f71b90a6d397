import type { ChannelForm } from '../core/channel-kind.ts';
import type { Incident as CoreIncident } from '../core/incident.ts';
import type { ChannelStanding, ListedChannel } from '../core/monitor.ts';
import type { Notice as CoreNotice, QueuedNotice } from '../core/notice.ts';
import { incidentSentence } from '../core/phrases.ts';
import type { Preview as CorePreview } from '../core/ports.ts';
import { SEVERITIES } from '../core/signal.ts';
import { causeAnswer, isoOrNull, isoTime, poolAnswer, reasonAnswer } from './probe-answer.ts';
import type { Channel, ChannelKind, Delivery, Incident, Notice, Preview } from './wire.ts';

export function incidentAnswer(incident: CoreIncident, now: number): Incident {
  const { evidence, startedAt, resolvedAt, acknowledged } = incident;
  return {
    id: incident.id,
    server: { id: incident.serverId, name: incident.serverName },
    signal: incident.signal,
    level: incident.level,
    severity: incident.severity,
    reason: reasonAnswer(incident.reason),
    sentence: incidentSentence(incident, now),
    likely_cause: causeAnswer(incident.cause),
    evidence: {
      silent_failure: evidence.silentFailure,
      texts: [...evidence.texts],
      facts: [...evidence.facts],
      pools: evidence.pools.map(poolAnswer),
      ladder: [...(evidence.ladder ?? [])],
    },
    state: resolvedAt === null ? 'open' : 'resolved',
    started_at: isoTime(startedAt),
    opened_at: isoTime(incident.openedAt),
    resolved_at: isoOrNull(resolvedAt),
    duration_seconds: Math.max(0, (resolvedAt ?? now) - startedAt) / 1000,
    probe_count: incident.probeCount,
    acknowledged: acknowledged && { at: isoTime(acknowledged.at), note: acknowledged.note },
    told: incident.told && [...incident.told],
    attached_to: incident.attachedTo,
  };
}

/** Most severe first, then the one that began first. */
export function bySeverity(a: CoreIncident, b: CoreIncident): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.startedAt - b.startedAt;
}

export function deliveryAnswer({ notice, channel, status, message, nextTryAt, deliveries }: QueuedNotice): Delivery {
  return {
    id: notice.id,
    incident: notice.incident.id,
    server: { id: notice.server.id, name: notice.server.name },
    channel,
    event: notice.event,
    status,
    message,
    at: isoTime(notice.at),
    next_try_at: isoOrNull(nextTryAt),
    tries: deliveries.map(({ at, ms, ok, answer }) => ({ at: isoTime(at), ms, ok, answer })),
  };
}

export type PreviewNotice = (notice: CoreNotice, channel: string | null) => readonly CorePreview[];

export function noticeAnswer(queued: QueuedNotice, preview: PreviewNotice): Notice {
  return { ...deliveryAnswer(queued), previews: preview(queued.notice, queued.channel).map(previewAnswer) };
}

function previewAnswer(preview: CorePreview): Preview {
  return preview.kind === 'email' ? preview : { ...preview, headers: { ...preview.headers } };
}

export function channelAnswer({ channel, entry }: ListedChannel, standing: ChannelStanding): Channel {
  return {
    id: channel.id,
    type: channel.kind,
    source: channel.source,
    target: channel.target,
    severity: channel.severity,
    tags: [...channel.tags],
    delivery: standingAnswer(standing),
    config: { ...entry },
  };
}

function standingAnswer({ health, circuit, nextTryAt, pending, failed }: ChannelStanding): Channel['delivery'] {
  const { lastOk, lastFailure, failures, failingSince } = health;
  return {
    circuit,
    failures_in_a_row: failures,
    failing_since: isoOrNull(failingSince),
    last_ok: lastOk && { at: isoTime(lastOk.at), answer: lastOk.answer },
    last_failure: lastFailure && { at: isoTime(lastFailure.at), answer: lastFailure.answer },
    next_try_at: isoOrNull(nextTryAt),
    pending,
    failed,
  };
}

export function kindAnswer({ fields, ...form }: ChannelForm): ChannelKind {
  return {
    ...form,
    fields: fields.map(({ isSecret, isRequired, isList, ...field }) => {
      return { ...field, secret: isSecret, required: isRequired, list: isList };
    }),
  };
}
