import { checkServerEntry } from '../config/entry.ts';
import { loadConfig } from '../config/load.ts';
import { conclude } from '../core/conclude.ts';
import type { Json } from '../core/json.ts';
import type { Step } from '../core/probe.ts';
import type { Server } from '../core/server.ts';
import type { ProbeState } from '../core/signal.ts';
import { newStatus } from '../core/state.ts';
import type { ProbeRecord } from '../core/store.ts';
import { maskCommand, type Target } from '../core/target.ts';
import { calendar } from '../engine/cron.ts';
import { systemClock } from '../engine/system-clock.ts';
import { probeAnswer } from '../http/probe-answer.ts';
import { createLog } from '../log.ts';
import { createProber } from '../probe/prober.ts';
import { report } from './check-config.ts';
import { defaultFile, out, UsageError, version } from './io.ts';
import { loadDeps } from './load-deps.ts';
import { readArgs } from './options.ts';
import { line, progress, summary } from './probe-print.ts';

export const PROBE_HELP = `alivemcp probe URL_OR_ID [options]
alivemcp probe [options] -- COMMAND ARGS…

Probes one MCP server now, by the engine the monitor uses, and prints each step as it ends. Nothing is stored.
URL_OR_ID is an address, or the id of a server of the configuration file. COMMAND is started without a shell and talked to
over stdio; of the environment it gets HOME, LOGNAME, PATH, SHELL, TERM and USER (\`-- env NAME=value COMMAND\` gives it more).

  --config FILE       where the id is looked up; default ./config.yaml, else ./config.example.yaml
  --header 'K: V'     sent with every request; may be repeated
  --canary TOOL       a tool to call, with --args JSON as its arguments
  --health-url URL    asked beside the probe
  --transport NAME    auto, http or sse
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
  const at = args.indexOf('--');
  const command = at === -1 ? null : args.slice(at + 1);
  const own = { args: args.slice(0, at === -1 ? args.length : at), options: OPTIONS, allowPositionals: true as const };
  const { values, positionals } = readArgs('probe', own);
  const { server, network, location } =
    command === null ? await named(positionals, values) : started(command, positionals, values);
  const isTerminal = process.stdout.isTTY === true;
  const log = { ...createLog({ isTerminal }), info: () => undefined };
  const prober = createProber({ network, clock: systemClock, location, version: version(), log, env: process.env });
  const onStep = values.json ? progress : (step: Step) => out(`${line(step)}\n`);
  const record = await interruptibly((signal) => probeOnce({ server, prober, onStep, signal }));
  if (values.json) out(`${JSON.stringify(probeAnswer({ ...record, id: null }), null, 2)}\n`);
  else out(`\n${summary(server, record)}\n`);
  return EXIT_BY_STATE[record.judgement.state];
}

/** Ends a probe on the first SIGINT or SIGTERM, so that neither a session nor a process is left behind. */
async function interruptibly<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort(new Error('interrupted'));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await work(stopping.signal);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

interface OneProbe {
  readonly server: Server;
  readonly prober: ReturnType<typeof createProber>;
  readonly onStep: (step: Step) => void;
  readonly signal: AbortSignal;
}

async function probeOnce({ server, prober, onStep, signal }: OneProbe): Promise<Omit<ProbeRecord, 'id'>> {
  const at = systemClock.now();
  const probeReport = await prober.probe({ server, scheduledAt: at, signal, onStep });
  const status = newStatus(server.id, at);
  const unused = { open: [], samplesOf: () => [], routes: [], publicUrl: '', at, newId: () => 'unsaved' };
  return conclude({ server, report: probeReport, status, ...unused }).record;
}

type Values = ReturnType<
  typeof readArgs<{ args: string[]; options: typeof OPTIONS; allowPositionals: true }>
>['values'];

interface Task {
  readonly server: Server;
  readonly network: Parameters<typeof createProber>[0]['network'];
  readonly location: string;
}

const NO_RULES = { network: { mode: 'private', allow: [], deny: [] }, location: 'local' } as const;

async function named([target, ...more]: readonly string[], values: Values): Promise<Task> {
  if (target === undefined || more.length > 0)
    throw new UsageError('name one URL or id, such as `alivemcp probe https://example.com/mcp`.');
  if (!isUrl(target) || values.config !== undefined) return configured(target, values);
  return { server: check(entryFor(target, values), []), ...NO_RULES };
}

/** A command of the command line: options that go with HTTP have no meaning for it. */
function started(command: readonly string[], positionals: readonly string[], values: Values): Task {
  if (positionals.length > 0) throw new UsageError('name either a URL or id, or a command after --, not both.');
  if (command[0] === undefined || command[0] === '')
    throw new UsageError('a command is missing after --, such as `alivemcp probe -- node server.js`.');
  refuseHttpOptions(values);
  const target: Target = { kind: 'stdio', command, shown: maskCommand(command), env: {}, protocol: 'auto' };
  return { server: { ...check(entryFor(ANY_URL, values), []), target }, ...NO_RULES };
}

function refuseHttpOptions({ header = [], transport }: Values): void {
  const given = [...(header.length > 0 ? ['--header'] : []), ...(transport === undefined ? [] : ['--transport'])];
  if (given.length > 0) throw new UsageError(`${given.join(' and ')} goes with a URL, not with a command.`);
}

function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/** Where only the options matter: the address is that of the file. */
const ANY_URL = 'http://localhost/';

const ADDRESS = 'an address starts with `http://` or `https://`';

/** A server of the file; options of the command line go before what it says there. */
async function configured(target: string, values: Values): Promise<Task> {
  const file = values.config ?? defaultFile(` to look \`${target}\` up in; ${ADDRESS}`);
  const loaded = await loadConfig(file, loadDeps());
  if (!loaded.ok) throw new UsageError(`\n${report(file, loaded)}`);
  const { servers, monitor } = loaded.config;
  const rules = { network: monitor.network, location: monitor.location };
  if (isUrl(target)) return { server: check(entryFor(target, values), []), ...rules };
  const found = servers.find(({ server }) => server.id === target)?.server;
  if (found === undefined) {
    const known = servers.map(({ server }) => server.id).slice(0, 20);
    throw new UsageError(
      `${file} has no server \`${target}\`.${known.length === 0 ? '' : ` It has ${known.join(', ')}.`}${/[:./]/.test(target) ? ` To name an address: ${ADDRESS}.` : ''}`,
    );
  }
  if (found.target.kind === 'stdio') refuseHttpOptions(values);
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
