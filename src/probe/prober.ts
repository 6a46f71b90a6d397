import type { Log, ProbeRequest, Prober } from '../core/ports.ts';
import type { ProbeReport } from '../core/probe.ts';
import { reason } from '../core/reasons.ts';
import type { Server } from '../core/server.ts';
import type { StepName } from '../core/step.ts';
import type { StopSignal } from '../core/stop.ts';
import { LIMITS } from './budget.ts';
import { askHealth } from './checks/health-url.ts';
import { createToolHashing, type HashTools } from './checks/tool-hashes.ts';
import type { Environment } from './child-env.ts';
import { classify, retryAfterOf } from './classify.ts';
import { createDispatch, type Dispatch, type WayOut } from './dispatcher.ts';
import { createEraMemory, type EraMemory } from './era-memory.ts';
import { MODERN } from './modern-session.ts';
import { visitProcess } from './process-visit.ts';
import { type Run, StepFailedError } from './run.ts';
import { cleaner, requestHeaders, secretsRedactor } from './secrets.ts';
import { createRecorder, openDeadline, type Recorder } from './steps.ts';
import { createTokenStore, type TokenStore } from './token-store.ts';
import { hostOf, visit } from './visit.ts';

export interface ProberOptions extends WayOut {
  /** Where the probes run from, as it stands in the reports. */
  readonly location: string;
  /** Of the monitor, told to servers as `user-agent` and in `clientInfo`. */
  readonly version: string;
  /** Of this process; servers that are started get a little of it. */
  readonly env?: Environment;
  readonly log: Log;
}

/**
 * Probes servers over Streamable HTTP. Each probe opens connections of its own and leaves neither a connection nor a
 * session behind. The steps `dns` (for a name, not for an address) and `tls` (for https) are there only where they happen.
 */
export function createProber(options: ProberOptions): Prober {
  const dispatch = createDispatch(options);
  const tokens = createTokenStore(options.clock);
  const eras = createEraMemory(options.clock);
  const hashTools = createToolHashing();
  return { probe: (request) => probe(request, options, { dispatch, tokens, eras, hashTools }) };
}

interface Kept {
  readonly dispatch: Dispatch;
  readonly tokens: TokenStore;
  readonly eras: EraMemory;
  readonly hashTools: HashTools;
}

async function probe(request: ProbeRequest, options: ProberOptions, kept: Kept): Promise<ProbeReport> {
  const { dispatch, hashTools } = kept;
  const { server, scheduledAt, signal, onStep = () => undefined } = request;
  const { clock, location, version, env = {} } = options;
  const startedAt = clock.now();
  const from = clock.monotonic();
  const recorder = createRecorder(clock, onStep);
  const deadline = openDeadline(clock, LIMITS.probeMs, signal, 'probe');
  const waits: number[] = [];
  const onRetryAfter = (ms: number): void => void waits.push(ms);
  const run = createRun({ request, options, hashTools, recorder, signal: deadline.signal, onRetryAfter });
  const headers = requestHeaders(server, version);
  const { target } = server;
  const [seen, health] = await Promise.all([
    target.kind === 'http'
      ? visit({ target, ...kept, headers, version }, run)
      : visitProcess({ target, env, eras: kept.eras, version }, run),
    server.healthUrl === null
      ? null
      : askHealth(
          { dispatch, healthUrl: server.healthUrl, headers: { ...headers, ...lowerCased(server.healthUrl.headers) } },
          run,
        ),
  ]);
  deadline.close();
  return {
    serverId: server.id,
    location,
    scheduledAt,
    startedAt,
    durationMs: clock.monotonic() - from,
    steps: recorder.finish(plannedSteps(server, seen.protocolVersion === MODERN)),
    ...seen,
    health,
    ...(run.server === server ? {} : { leftOut: true as const }),
    retryAfterMs: waits.length === 0 ? null : Math.max(...waits),
    marks: [],
  };
}

interface RunParts {
  readonly request: ProbeRequest;
  readonly options: ProberOptions;
  readonly hashTools: HashTools;
  readonly recorder: Recorder;
  readonly signal: StopSignal;
  readonly onRetryAfter: (ms: number) => void;
}

function createRun({ request, options, hashTools, recorder, signal, onRetryAfter }: RunParts): Run {
  const { server } = request;
  const { redact, learn } = secretsRedactor(server);
  return {
    server: withoutLeftOut(request),
    clock: options.clock,
    recorder,
    knownToolHashes: request.knownToolHashes ?? null,
    hashTools: (tools) => hashTools(server, tools),
    signal,
    redact,
    learn,
    clean: cleaner(redact),
    explain(error, step) {
      if (request.signal.aborted) return reason('not_monitored', step, 'The probe was called off before it was done.');
      if (error instanceof StepFailedError) return error.reason;
      const why = classify(error, { step, host: hostOf(step, server), redact });
      const wait = retryAfterOf(error);
      if (wait !== null) onRetryAfter(wait);
      if (why.code === 'monitor_fault')
        options.log.error(
          { server: server.id, step, error: redact(String(error instanceof Error ? error.stack : error)) },
          'probe failed by our own fault',
        );
      return why;
    },
  };
}

/** The server as this probe asks it: without the canary tools, where they are to be left alone. */
function withoutLeftOut({ server, leaveOutTools = false }: ProbeRequest): Server {
  const canaries = server.canaries.filter(({ kind }) => kind !== 'tool');
  return leaveOutTools && canaries.length < server.canaries.length ? { ...server, canaries } : server;
}

/** The steps a probe of this server should have; those that did not run are reported as skipped. */
function plannedSteps({ target, canaries, healthUrl }: Server, isSessionless: boolean): readonly StepName[] {
  const tls: readonly StepName[] = target.kind === 'http' && target.url.startsWith('https:') ? ['tls'] : [];
  const health: readonly StepName[] = healthUrl === null ? [] : ['health_url'];
  const all: readonly StepName[] = [
    'connect',
    ...tls,
    'initialize',
    'initialized',
    'tools_list',
    ...canaries.map(() => 'canary' as const),
    ...health,
    'close',
  ];
  return isSessionless ? all.filter((name) => name !== 'initialized' && name !== 'close') : all;
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
