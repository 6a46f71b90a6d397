import type { Json } from '../core/json.ts';
import type { CanaryOutcome, HealthOutcome, ProbeReport, Step } from '../core/probe.ts';
import type { StepName } from '../core/step.ts';
import type { LatencySample, PoolRecord, ProbeRecord } from '../core/store.ts';
import type { Judgement } from '../core/verdict.ts';
import { createParser, parseOwn } from './json.ts';
import { packNumbers, unpackNumbers } from './numbers.ts';

/** The steps whose durations have columns of their own, because percentiles are asked of them. */
export const TIMED_STEPS = ['connect', 'initialize', 'tools_list', 'canary', 'health_url'] as const;
export type TimedStep = (typeof TIMED_STEPS)[number];

/**
 * A probe as a day table holds it: what differs from probe to probe as numbers, what repeats as two texts that are
 * stored once per distinct value (`seen`: steps, identity and judgement; `said`: answers and pool figures, if any).
 */
export interface ProbeRow {
  readonly at: number;
  readonly durations: Readonly<Record<TimedStep, number | null>>;
  readonly numbers: Buffer;
  readonly seen: string;
  readonly said: string | null;
}

/** An answer's parsed JSON above this many characters is not kept: a target must not decide how fast our disk fills. */
const MAX_JSON = 65_536;

/** More microseconds than any step takes: over an hour. */
const MARKED = 2 ** 32;

export interface Seen {
  readonly report: Omit<
    ProbeReport,
    | 'serverId'
    | 'scheduledAt'
    | 'startedAt'
    | 'durationMs'
    | 'steps'
    | 'canaries'
    | 'health'
    | 'alsoSpeaks'
    | 'marks'
    | 'httpStatus'
  > & {
    /** Left out where there are none. */
    readonly alsoSpeaks?: ProbeReport['alsoSpeaks'];
    readonly marks?: ProbeReport['marks'];
    /** Left out by earlier versions. */
    readonly httpStatus?: ProbeReport['httpStatus'];
    readonly steps: readonly Omit<Step, 'ms'>[];
  };
  readonly judgement: Omit<Judgement, 'pools'>;
  /** Its detail is gone (brief.ts). */
  readonly isBrief?: true;
}

export interface Said {
  readonly canaries: readonly Omit<CanaryOutcome, 'ms'>[];
  readonly health: { readonly ready: TimelessHealth; readonly live: TimelessHealth | null } | null;
  readonly pools: Judgement['pools'];
}

type HealthAnswer = Extract<HealthOutcome, { kind: 'answer' }>;
type TimelessHealth = Omit<HealthAnswer, 'ms'> | Exclude<HealthOutcome, HealthAnswer>;

/** `at` is the probe's key beside its server: when it started, or the next free millisecond. */
export function toRow({ report, judgement }: Omit<ProbeRecord, 'id'>, at: number): ProbeRow {
  const {
    serverId: _,
    scheduledAt,
    startedAt,
    durationMs,
    steps,
    canaries,
    health,
    alsoSpeaks,
    marks,
    ...rest
  } = report;
  const { pools, ...opinion } = judgement;
  const { durations, others } = splitDurations(steps, marks.length > 0);
  const answers = [
    ...canaries.map(({ ms }) => ms),
    health === null ? null : msOf(health.ready),
    health?.live ? msOf(health.live) : null,
  ];
  const some = { ...(alsoSpeaks.length === 0 ? {} : { alsoSpeaks }), ...(marks.length === 0 ? {} : { marks }) };
  const seen: Seen = {
    report: { steps: steps.map(({ ms: _ms, ...step }) => step), ...rest, ...some },
    judgement: opinion,
  };
  return {
    at,
    durations,
    numbers: packNumbers([
      at - Math.round(scheduledAt),
      at - Math.round(startedAt),
      ...[durationMs, ...others, ...answers].map(packMs),
    ]),
    seen: JSON.stringify(seen),
    said:
      canaries.length === 0 && health === null && pools.length === 0
        ? null
        : JSON.stringify(saidOf(canaries, health, pools)),
  };
}

/** Reads rows of one server; what repeats from row to row is read once. */
export function createRowReader(serverId: string): (row: ProbeRow) => Omit<ProbeRecord, 'id'> {
  const seenOf = createParser<Seen>();
  const saidOf = createParser<Said>();
  return (row) => recordOf(serverId, row, seenOf(row.seen), row.said === null ? NOTHING_SAID : saidOf(row.said));
}

const NOTHING_SAID: Said = { canaries: [], health: null, pools: [] };

function recordOf(
  serverId: string,
  row: ProbeRow,
  { report, judgement, isBrief }: Seen,
  { canaries, health, pools }: Said,
): Omit<ProbeRecord, 'id'> {
  const [late = 0, shift = 0, ...packed] = unpackNumbers(row.numbers);
  const times = packed.map(unpackMs);
  const durationMs = times.shift() ?? 0;
  const steps = joinDurations(report.steps, row.durations, times);
  return {
    report: {
      ...report,
      alsoSpeaks: report.alsoSpeaks ?? [],
      marks: report.marks ?? [],
      httpStatus: report.httpStatus ?? null,
      serverId,
      scheduledAt: row.at - late,
      startedAt: row.at - shift,
      durationMs,
      steps,
      canaries: canaries.map((canary) => ({ ...canary, answer: withJson(canary.answer), ms: times.shift() ?? null })),
      health:
        health === null
          ? null
          : { ready: timed(health.ready, times.shift()), live: health.live && timed(health.live, times.shift()) },
    },
    judgement: { ...judgement, pools },
    ...(isBrief === true ? { isBrief } : {}),
  };
}

/** What the text `said` holds. Durations stand elsewhere and are left out. */
export function fromSaid(text: string): Omit<PoolRecord, 'at'> {
  const { canaries, health, pools } = parseOwn<Said>(text);
  const said = {
    canaries: canaries.map((canary) => ({ ...canary, answer: withJson(canary.answer), ms: null })),
    health: health && { ready: timed(health.ready, null), live: health.live && timed(health.live, null) },
  };
  return { said, pools };
}

/** A column's duration as a sample of the probe that started `at`. */
export function sampleOf(at: number, duration: number): LatencySample {
  if (duration < 0) return { at, ms: null };
  return duration < MARKED ? { at, ms: duration / 1000 } : { at, ms: (duration - MARKED) / 1000, marked: true };
}

export function isTimed(name: StepName): name is TimedStep {
  return TIMED_STEPS.some((timed) => timed === name);
}

/**
 * Columns hold microseconds: ≥ 0 of an ok step, -2 - µs of one that failed, -1 of one that has none, null where the
 * probe had no such step. `MARKED` is added to those of an ok step of a probe with marks. So one number tells a sample
 * from a failure, and whether it may be judged, without reading any text.
 */
function splitDurations(
  steps: readonly Step[],
  isMarked: boolean,
): Pick<ProbeRow, 'durations'> & { others: (number | null)[] } {
  const durations: Record<TimedStep, number | null> = {
    connect: null,
    initialize: null,
    tools_list: null,
    canary: null,
    health_url: null,
  };
  const others: (number | null)[] = [];
  for (const { name, status, ms } of steps) {
    if (!isTimed(name) || durations[name] !== null) others.push(ms);
    else if (ms === null) durations[name] = -1;
    else durations[name] = status === 'ok' ? micros(ms) + (isMarked ? MARKED : 0) : -2 - micros(ms);
  }
  return { durations, others };
}

/** Takes the durations that have no column off the front of `others`. */
function joinDurations(
  steps: Seen['report']['steps'],
  durations: ProbeRow['durations'],
  others: (number | null)[],
): Step[] {
  const used = new Set<StepName>();
  return steps.map((step) => {
    if (!isTimed(step.name) || used.has(step.name)) return { ...step, ms: others.shift() ?? null };
    used.add(step.name);
    const duration = durations[step.name];
    if (duration === null || duration === -1) return { ...step, ms: null };
    return { ...step, ms: (duration < 0 ? -2 - duration : duration % MARKED) / 1000 };
  });
}

function saidOf(canaries: ProbeReport['canaries'], health: ProbeReport['health'], pools: Judgement['pools']): Said {
  return {
    canaries: canaries.map(({ ms: _, answer, ...canary }) => ({
      answer: answer.kind === 'result' ? bounded(answer) : answer,
      ...canary,
    })),
    health: health && { ready: timeless(health.ready), live: health.live && timeless(health.live) },
    pools,
  };
}

function timeless(outcome: HealthOutcome): TimelessHealth {
  if (outcome.kind === 'failure') return outcome;
  const { ms: _, ...answer } = outcome;
  return bounded(answer);
}

function timed(outcome: TimelessHealth, ms: number | null | undefined): HealthOutcome {
  return outcome.kind === 'failure' ? outcome : { ...outcome, json: outcome.json, ms: ms ?? 0 };
}

function bounded<T extends { readonly json: Json | undefined }>(answer: T): T {
  return JSON.stringify(answer.json ?? null).length <= MAX_JSON ? answer : { ...answer, json: undefined };
}

// JSON cannot say undefined: the key is missing after reading.
function withJson(answer: CanaryOutcome['answer']): CanaryOutcome['answer'] {
  return answer.kind === 'result' ? { ...answer, json: answer.json } : answer;
}

function msOf(outcome: HealthOutcome): number | null {
  return outcome.kind === 'answer' ? outcome.ms : null;
}

function micros(ms: number): number {
  return Math.max(0, Math.round(ms * 1000));
}

function packMs(ms: number | null): number {
  return ms === null ? -1 : micros(ms);
}

function unpackMs(packed: number): number | null {
  return packed < 0 ? null : packed / 1000;
}
