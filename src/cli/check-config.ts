import type { ConfigMistake, LoadedConfig } from '../config/config.ts';
import type { LoadDeps } from '../config/load.ts';
import { loadConfig } from '../config/load.ts';
import { defaultFile } from './io.ts';

export const CHECK_CONFIG_HELP = `alivemcp check-config [FILE]

Reads a configuration file (default: ./config.yaml, else ./config.example.yaml) and says every mistake in it, as FILE:LINE:COLUMN, what was expected and
what to do. Variables and files it refers to are looked up. Nothing is started and nothing is changed.

Exit code: 0 the file is fine, 2 it is not.
`;

export interface CheckConfigIo extends Pick<LoadDeps, 'env' | 'readFile' | 'calendar' | 'channelKinds'> {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** `alivemcp check-config [FILE]`. Resolves with the exit code. */
export async function checkConfigCommand(args: readonly string[], io: CheckConfigIo): Promise<0 | 2> {
  if (args.includes('--help') || args.includes('-h')) {
    io.out(CHECK_CONFIG_HELP);
    return 0;
  }
  const [file = defaultFile('; name the configuration'), ...more] = args;
  if (more.length > 0 || file.startsWith('-')) {
    io.err(
      `check-config takes one file, found ${args.map((arg) => `\`${arg}\``).join(' ')}. See \`alivemcp check-config --help\`.\n`,
    );
    return 2;
  }
  const loaded = await loadConfig(file, io);
  io[loaded.ok ? 'out' : 'err'](report(file, loaded));
  return loaded.ok ? 0 : 2;
}

/** What `check-config` prints: one line for each mistake and a summary. */
export function report(file: string, loaded: LoadedConfig): string {
  if (loaded.ok) {
    const { servers, channels } = loaded.config;
    return `${file} is fine: ${count(servers.length, 'server')}, ${count(channels.length, 'channel')}.\n`;
  }
  const lines = loaded.errors.map(formatMistake);
  const inFile = loaded.errors.filter(({ message }) => !OPTION.test(message)).length;
  return `${lines.join('\n')}\n${inFile === 0 ? '' : `\n${file} has ${count(inFile, 'mistake')}.\n`}`;
}

/** The command line's part in a mistake: it has no line. */
const OPTION = /^--\w+: /;

/** `config.yaml:12:5  servers[0].interval: …` */
function formatMistake({ file, line, column, message }: ConfigMistake): string {
  return OPTION.test(message) ? message : `${file}:${line}:${column}  ${message}`;
}

function count(amount: number, thing: string): string {
  return `${amount} ${thing}${amount === 1 ? '' : 's'}`;
}
