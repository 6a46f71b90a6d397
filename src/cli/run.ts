import { BACKUP_HELP, backupCommand } from './backup.ts';
import { CHECK_CONFIG_HELP, checkConfigCommand } from './check-config.ts';
import { DEMO_HELP, demoCommand } from './demo.ts';
import { EXIT, err, loadDeps, out, UsageError, version } from './io.ts';
import { PROBE_HELP, probeCommand } from './probe.ts';
import { SERVE_HELP, serveCommand } from './serve.ts';
import { TEST_CHANNEL_HELP, testChannelCommand } from './test-channel.ts';

interface Command {
  readonly does: string;
  readonly help: string;
  readonly run: (args: readonly string[]) => Promise<number>;
}

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['serve', { does: 'run the monitor', help: SERVE_HELP, run: serveCommand }],
  ['probe', { does: 'probe one server now, step by step', help: PROBE_HELP, run: probeCommand }],
  [
    'check-config',
    {
      does: 'say every mistake in a configuration file',
      help: CHECK_CONFIG_HELP,
      run: (args) => checkConfigCommand(args, { ...loadDeps(), out, err }),
    },
  ],
  ['test-channel', { does: 'send a test notice through a channel', help: TEST_CHANNEL_HELP, run: testChannelCommand }],
  ['backup', { does: 'copy the store while the monitor runs', help: BACKUP_HELP, run: backupCommand }],
  ['demo', { does: 'run the monitor with bundled servers to break', help: DEMO_HELP, run: demoCommand }],
]);

/** Commands of the contract that later versions bring. */
const LATER: readonly string[] = ['import', 'export'];

/** Runs one command line. Resolves with the exit code; says what is wrong on standard error. */
export async function runCommand([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') return say(HELP());
  if (name === '--version' || name === '-v') return say(`${version()}\n`);
  const command = COMMANDS.get(name);
  if (command === undefined) return refuse(name);
  if (args.slice(0, endOfOptions(args)).some((arg) => arg === '--help' || arg === '-h')) return say(command.help);
  try {
    return await command.run(args);
  } catch (error) {
    err(`alivemcp ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

function endOfOptions(args: readonly string[]): number {
  const at = args.indexOf('--');
  return at === -1 ? args.length : at;
}

function say(text: string): number {
  out(text);
  return EXIT.ok;
}

function refuse(name: string): number {
  const what = LATER.includes(name) ? `\`${name}\` is not in this version.` : `there is no command \`${name}\`.`;
  err(`alivemcp: ${what} \`alivemcp --help\` lists what there is.\n`);
  return EXIT.usage;
}

function HELP(): string {
  const rows = [...COMMANDS].map(([name, { does }]) => `  ${name.padEnd(14)}${does}`);
  return `AliveMCP ${version()}: uptime and canary monitoring for MCP servers.

alivemcp COMMAND [options]

${rows.join('\n')}

\`alivemcp COMMAND --help\` says more. \`alivemcp --version\` prints the version.
`;
}
