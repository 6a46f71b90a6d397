import { EXIT, err, out, UsageError, version } from './io.ts';

interface Command {
  readonly help: string;
  readonly run: (args: readonly string[]) => Promise<number>;
}

/** Each is loaded when it is called: what the others are made of costs half a second and 20 MB. */
const COMMANDS: ReadonlyMap<string, { readonly does: string; readonly load: () => Promise<Command> }> = new Map([
  [
    'serve',
    {
      does: 'run the monitor',
      load: () =>
        import('./serve.ts').then(({ SERVE_HELP, serveCommand }) => ({ help: SERVE_HELP, run: serveCommand })),
    },
  ],
  [
    'probe',
    {
      does: 'probe one server now, step by step',
      load: () =>
        import('./probe.ts').then(({ PROBE_HELP, probeCommand }) => ({ help: PROBE_HELP, run: probeCommand })),
    },
  ],
  ['check-config', { does: 'say every mistake in a configuration file', load: checkConfig }],
  [
    'test-channel',
    {
      does: 'send a test notice through a channel',
      load: () =>
        import('./test-channel.ts').then(({ TEST_CHANNEL_HELP, testChannelCommand }) => ({
          help: TEST_CHANNEL_HELP,
          run: testChannelCommand,
        })),
    },
  ],
  [
    'backup',
    {
      does: 'copy the store while the monitor runs',
      load: () =>
        import('./backup.ts').then(({ BACKUP_HELP, backupCommand }) => ({ help: BACKUP_HELP, run: backupCommand })),
    },
  ],
  [
    'demo',
    {
      does: 'run the monitor with bundled servers to break',
      load: () => import('./demo.ts').then(({ DEMO_HELP, demoCommand }) => ({ help: DEMO_HELP, run: demoCommand })),
    },
  ],
]);

async function checkConfig(): Promise<Command> {
  const [{ CHECK_CONFIG_HELP, checkConfigCommand }, { loadDeps }] = await Promise.all([
    import('./check-config.ts'),
    import('./load-deps.ts'),
  ]);
  return { help: CHECK_CONFIG_HELP, run: (args) => checkConfigCommand(args, { ...loadDeps(), out, err }) };
}

/** Commands of the contract that later versions bring. */
const LATER: readonly string[] = ['import', 'export'];

/** Runs one command line. Resolves with the exit code; says what is wrong on standard error. */
export async function runCommand([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') return say(HELP());
  if (name === '--version' || name === '-v') return say(`${version()}\n`);
  const known = COMMANDS.get(name);
  if (known === undefined) return refuse(name);
  const command = await known.load();
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
