import { checkServerEntry } from '../config/entry.ts';
import { loadConfig } from '../config/load.ts';
import { conclude } from '../core/conclude.ts';
import { formatLatency } from '../core/duration.ts';
import type { Json } from '../core/json.ts';
import type { ProbeRecord } from '../core/ports.ts';
import type { Step } from '../core/probe.ts';
import type { Server } from '../core/server.ts';
import type { ProbeState } from '../core/signal.ts';
import { newStatus } from '../core/state.ts';
import { addressOf } from '../core/target.ts';
import { calendar } from '../engine/cron.ts';
import { systemClock } from '../engine/system-clock.ts';
import { probeAnswer } from '../http/probe-answer.ts';
import { createLog } from '../log.ts';
import { createProber } from '../probe/prober.ts';
import { report } from './check-config.ts';
import { defaultFile, err, loadDeps, out, UsageError, version } from './io.ts';
import { readArgs } from './options.ts';

export const PROBE_HELP = `alivemcp probe URL_OR_ID [options]

Probes one MCP server now, by the engine the monitor uses, and prints each step as it ends. Nothing is stored.
URL_OR_ID is an address, or the id of a server of the configuration file.

  --config FILE       where the id is looked up; default ./config.yaml, else ./config.example.yaml
  --header 'K: V'     sent with every request; may be repeated
  --canary TOOL       a tool to call, with --args JSON as its arguments
  --health-url URL    asked beside the probe
  --transport NAME    auto or http
  --timeout 10s       the limit of every step, the canary included
  --json              print the probe as one JSON object at the end

Exit code: 0 up, 1 degraded, 2 the command line or the configuration is wrong, 3 down, 4 it wants credentials or slows us
down, 5 unknown: our own rules or our own fault.
`;

const EXIT_BY_STATE: Readonly<Record<ProbeState, number>> = {
  up: 0,
  degraded: 1,
  down: 3,
  auth_required: 4,
  rate_limited: 4,
  unknown: 5,
};

const OPTIONS = {
  config: { type: 'string' },
  header: { type: 'string', multiple: true },
  canary: { type: 'string' },
  args: { type: 'string' },
  'health-url': { type: 'string' },
  transport: { type: 'string' },
  timeout: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** `alivemcp probe`. */
export async function probeCommand(args: readonly string[]): Promise<number> {
  if (args.includes('--')) throw new UsageError('probing a command over stdio is not in this version.');
  const { values, positionals } = readArgs('probe', { args: [...args], options: OPTIONS, allowPositionals: true });
  const [target, ...more] = positionals;
  if (target === undefined || more.length > 0)
    throw new UsageError('name one URL or id, such as `alivemcp probe https://example.com/mcp`.');
  const { server, network, location } = await serverFor(target, values);
  const isTerminal = process.stdout.isTTY === true;
  const log = { ...createLog({ isTerminal }), info: () => undefined };
  const prober = createProber({ network, clock: systemClock, location, version: version(), log });
  const onStep = values.json ? progress : (step: Step) => out(`${line(step)}\n`);
  const record = await probeOnce({ server, prober, onStep });
  if (values.json) out(`${JSON.stringify(probeAnswer({ ...record, id: null }), null, 2)}\n`);
  else out(`\n${summary(server, record)}\n`);
  return EXIT_BY_STATE[record.judgement.state];
}

async function probeOnce({
  server,
  prober,
  onStep,
}: {
  server: Server;
  prober: ReturnType<typeof createProber>;
  onStep: (step: Step) => void;
}): Promise<Omit<ProbeRecord, 'id'>> {
  const at = systemClock.now();
  const probeReport = await prober.probe({ server, scheduledAt: at, signal: new AbortController().signal, onStep });
  const status = newStatus(server.id, at);
  const unused = { open: [], samplesOf: () => [], routes: [], publicUrl: '', at, newId: () => 'unsaved' };
  return conclude({ server, report: probeReport, status, ...unused }).record;
}

type Values = ReturnType<
  typeof readArgs<{ args: string[]; options: typeof OPTIONS; allowPositionals: true }>
>['values'];

interface Target {
  readonly server: Server;
  readonly network: Parameters<typeof createProber>[0]['network'];
  readonly location: string;
}

async function serverFor(target: string, values: Values): Promise<Target> {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(target);
  if (!isUrl || values.config !== undefined) return configured(target, values);
  return {
    server: check(entryFor(target, values), []),
    network: { mode: 'private', allow: [], deny: [] },
    location: 'local',
  };
}

/** Where only the options matter: the address is that of the file. */
const ANY_URL = 'http://localhost/';

/** A server of the file; options of the command line go before what it says there. */
async function configured(target: string, values: Values): Promise<Target> {
  const file = values.config ?? defaultFile();
  const loaded = await loadConfig(file, loadDeps());
  if (!loaded.ok) throw new UsageError(`\n${report(file, loaded)}`);
  const { servers, monitor } = loaded.config;
  const rules = { network: monitor.network, location: monitor.location };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target)) return { server: check(entryFor(target, values), []), ...rules };
  const found = servers.find(({ server }) => server.id === target)?.server;
  if (found === undefined) {
    const known = servers.map(({ server }) => server.id).slice(0, 20);
    throw new UsageError(
      `${file} has no server \`${target}\`.${known.length === 0 ? '' : ` It has ${known.join(', ')}.`}`,
    );
  }
  const given = check(entryFor(ANY_URL, values), []);
  const { target: way } = given;
  const ways = found.target.kind === 'http' && way.kind === 'http' && values.transport !== undefined;
  const timeouts = values.timeout === undefined ? {} : { timeoutMs: given.timeoutMs };
  const canaries = values.canary === undefined ? found.canaries : given.canaries;
  return {
    server: {
      ...found,
      ...timeouts,
      ...(ways ? { target: { ...found.target, transport: way.transport } } : {}),
      headers: { ...found.headers, ...given.headers },
      canaries: canaries.map((canary) => ({ ...canary, timeoutMs: timeouts.timeoutMs ?? canary.timeoutMs })),
      healthUrl: given.healthUrl ?? found.healthUrl,
    },
    ...rules,
  };
}

/** The command line as a configuration entry, so that both obey one set of rules. */
function entryFor(url: string, values: Values): Json {
  const { header = [], canary, args, timeout, transport } = values;
  const healthUrl = values['health-url'];
  if (args !== undefined && canary === undefined) throw new UsageError('--args goes with --canary.');
  return {
    id: 'probe',
    url,
    ...(header.length === 0 ? {} : { headers: Object.fromEntries(header.map(splitHeader)) }),
    ...(canary === undefined
      ? {}
      : { canary: { tool: canary, arguments: parseArguments(args), ...(timeout === undefined ? {} : { timeout }) } }),
    ...(healthUrl === undefined ? {} : { health_url: healthUrl }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(transport === undefined ? {} : { transport }),
  };
}

function check(entry: Json, channelIds: readonly string[]): Server {
  const checked = checkServerEntry(entry, { defaults: {}, calendar, channelIds, clientName: 'AliveMCP' });
  if (checked.ok) return checked.server;
  throw new UsageError(
    checked.errors.map(({ path, message }) => `${path === '' ? '' : `${path}: `}${message}`).join(' '),
  );
}

function splitHeader(text: string): readonly [string, string] {
  const at = text.indexOf(':');
  if (at < 1) throw new UsageError(`--header takes 'Name: value'; the one given has no colon.`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function parseArguments(text: string | undefined): Json {
  if (text === undefined) return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--args takes JSON, such as '{"city":"Oslo"}'.`);
  }
}

/** With --json, standard output holds the object alone; a person at a terminal still sees the steps. */
function progress(step: Step): void {
  if (process.stderr.isTTY) err(`${line(step)}\n`);
}

const MARKS = { ok: '✓', failed: '✗', skipped: '·' } as const;
const COLOURS = { ok: 32, failed: 31, skipped: 90 } as const;

function line({ name, status, ms, error }: Step): string {
  const mark =
    process.stdout.isTTY && !process.env['NO_COLOR']
      ? `\u001b[${COLOURS[status]}m${MARKS[status]}\u001b[0m`
      : MARKS[status];
  const took = status === 'skipped' ? 'skipped' : formatLatency(ms);
  return `  ${mark} ${name.padEnd(12)} ${took.padStart(9)}${error === null ? '' : `  ${error.message} (${error.code})`}`;
}

function summary(server: Server, { report: { protocolVersion, tools }, judgement }: Omit<ProbeRecord, 'id'>): string {
  const { state, reason, cause } = judgement;
  const facts = [
    ...(protocolVersion === null ? [] : [`protocol ${protocolVersion}`]),
    ...(tools === null ? [] : [`${tools.count} ${tools.count === 1 ? 'tool' : 'tools'}`]),
  ];
  const why = [
    ...(reason === null ? [] : [`${reason.message} (${reason.code})`]),
    ...(cause === null ? [] : [cause.explanation, ...cause.advice.map((advice) => `Try: ${advice}`)]),
  ];
  return [
    `${nameOf(server)} is ${state.replace('_', ' ')}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`,
    ...why,
  ].join('\n');
}

function nameOf(server: Server): string {
  const { target } = server;
  return target.kind === 'http' ? new URL(target.url).host : addressOf(server);
}
