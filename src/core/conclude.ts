import { calmNotices, noteFlapping, released } from './flap-notices.ts';
import type { Due } from './gaps.ts';
import { gapBefore } from './gaps.ts';
import type { Incident } from './incident.ts';
import type { Announcement } from './incidents.ts';
import { decideIncidents } from './incidents.ts';
import { judge, type Remembered } from './judge.ts';
import type { LatencyFacts } from './latency.ts';
import { judgeLatency } from './latency.ts';
import { timeOf } from './marks.ts';
import { NO_POOLS, type PoolMemory } from './pool-memory.ts';
import { judgePools } from './pool-verdict.ts';
import type { ProbeReport } from './probe.ts';
import { dueReminders } from './reminders.ts';
import { IN_ROTATION, type Rotation, rotate } from './rotation.ts';
import type { NoticeContext, Route } from './routing.ts';
import { decideNotices, namedIn } from './routing.ts';
import type { Server } from './server.ts';
import { advance } from './state.ts';
import type { ServerStatus } from './status.ts';
import type { StepName } from './step.ts';
import type { LatencySample, ProbeCommit } from './store.ts';
import type { ToolMemory, ToolsDecision } from './tools.ts';
import { decideTools } from './tools.ts';
import type { Verdict } from './verdict.ts';

const UNKNOWN: Verdict = { level: 'unknown', reason: null };

/** Everything that concluding a probe rests on. Time and ids are arguments, so that the same input gives the same commit. */
export interface ProbeContext {
  readonly server: Server;
  readonly report: ProbeReport;
  readonly status: ServerStatus;
  /** The server's open incidents. */
  readonly open: readonly Incident[];
  /** Samples of a step over the rule's longer window, without this probe's. */
  readonly samplesOf: (step: StepName) => readonly LatencySample[];
  /** What a step usually takes; left out: nothing is known of that. */
  readonly baselineOf?: (step: StepName) => LatencyFacts['baseline'];
  readonly routes: readonly Route[];
  readonly publicUrl: string;
  /** The server's last probe, and when the one after it was due; left out: this is the first. */
  readonly last?: { readonly report: ProbeReport; readonly due: Due | null } | null;
  /** What is remembered of its tools; left out: nothing is, and their drift is not judged. */
  readonly tools?: ToolMemory;
  /** The end of the maintenance that the server is in; null or left out: it is in none. */
  readonly maintenanceUntil?: number | null;
  /** What is remembered of its pools; left out: nothing is. */
  readonly pools?: PoolMemory;
  /** Whether it is leaving, as far as earlier probes saw; left out: it is not. */
  readonly rotation?: Rotation;
  /** What the probe before said of the canaries and of the cause; left out: there was none. */
  readonly before?: Pick<Remembered, 'lastCanary' | 'lastCause'>;
  /** When the probe ended, epoch milliseconds. */
  readonly at: number;
  readonly newId: () => string;
}

/** Judges a report, moves the status, opens and resolves incidents, decides the notices: all that one probe changes. */
export function conclude(context: ProbeContext): ProbeCommit {
  const { server, report, status, open, at, newId } = context;
  const tools = toolsOf(context);
  const insight = judgePools(context.pools ?? NO_POOLS, report);
  const judgement = judge(report, server, {
    latency: latencyOf(context),
    tools: tools.verdict,
    pool: server.watchesPool ? insight.verdict : UNKNOWN,
    insight,
    ...context.before,
  });
  const { status: after, turns } = advance(status, judgement, server.confirm, report.startedAt);
  const { changed, announcements } = decideIncidents({
    server,
    report,
    judgement,
    before: status,
    after,
    turns,
    open,
    at,
    newId,
    rotation: rotate(context.rotation ?? IN_ROTATION, report, server),
    toolLines: (tools.update?.standing ?? context.tools?.standing)?.drift?.lines ?? [],
  });
  const telling = tellingOf(context, after);
  const { notices, told } = decideNotices(
    [...announcements, ...furtherNews(changed, announcements, context, after)],
    telling,
  );
  const byId = new Map([...changed, ...told].map((incident) => [incident.id, incident]));
  return {
    record: { report: withoutList(report), judgement },
    status: noteFlapping(after, notices),
    incidents: [...byId.values()],
    notices: [...notices, ...calmNotices(status, after, telling)],
    ...gapOf(context),
    ...(tools.update === null ? {} : { tools: tools.update }),
  };
}

function tellingOf(
  { server, report, routes, publicUrl, at, newId, maintenanceUntil }: ProbeContext,
  after: ServerStatus,
): NoticeContext {
  return {
    server: namedIn(server),
    channels: server.channels,
    routes,
    location: report.location,
    publicUrl,
    at,
    newId,
    maintenanceUntil: maintenanceUntil ?? null,
    flapsOf: (signal) => after.signals[signal].flaps ?? null,
  };
}

/** What is told of incidents that nothing else is told of: their signal flaps no longer, or a reminder is due. */
function furtherNews(
  changed: readonly Incident[],
  announcements: readonly Announcement[],
  { server, at, maintenanceUntil = null }: ProbeContext,
  after: ServerStatus,
): readonly Announcement[] {
  const isNamed = ({ id }: Incident, all: readonly Announcement[]) => all.some(({ incident }) => incident.id === id);
  const opened = released(
    changed.filter((incident) => !isNamed(incident, announcements)),
    after,
  );
  const all = [...announcements, ...opened];
  const everyMs = maintenanceUntil === null ? server.reminderMs : null;
  return [
    ...opened,
    ...dueReminders(
      changed.filter((incident) => !isNamed(incident, all)),
      { everyMs, at },
    ),
  ];
}

function gapOf({ report, status, last = null }: ProbeContext): Pick<ProbeCommit, 'gap'> {
  const gap = last === null ? null : gapBefore(report.startedAt, last.report, last.due, status);
  return gap === null ? {} : { gap };
}

function toolsOf({ server, report, tools, at, newId }: ProbeContext): ToolsDecision {
  const memory = tools ?? { standing: null, lists: null };
  const decision = decideTools({ serverId: server.id, fact: report.tools, at, newId, ...memory });
  return server.watchesTools ? decision : { ...decision, verdict: UNKNOWN };
}

/** A list of tools is kept once, beside the probes. */
function withoutList(report: ProbeReport): ProbeReport {
  return report.tools === null ? report : { ...report, tools: { ...report.tools, list: null } };
}

function latencyOf({ server, report, status, samplesOf, baselineOf }: ProbeContext): Verdict {
  const { level, reason } = status.signals.latency;
  return judgeLatency(server.latencyRules, {
    factsOf: ({ of }) => ({
      ms: timeOf(report, of),
      samples: samplesOf(of),
      baseline: baselineOf?.(of) ?? null,
    }),
    at: report.startedAt,
    failing: level === 'fail' ? reason : null,
  });
}
