import { ProbeError } from './probe-error.ts';

/** Our machine has no room for a process: no fault of the server. */
const EXHAUSTED = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']);

/** Why a program could not be started, and what to do about it. An error that tells nothing of the program stays what it is. */
export function spawnError(error: unknown, program: string, env: Readonly<Record<string, string>>): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (EXHAUSTED.has(code)) return error;
  if (code === 'ENOENT') return new ProbeError('spawn_failed', notFound(program, env), { cause: error });
  if (code === 'EACCES' || code === 'EPERM')
    return new ProbeError(
      'spawn_failed',
      `The program ${program} may not be executed (${code}). Make it executable for the monitor’s user, or start it by its interpreter, such as node.`,
      { cause: error },
    );
  const said = error instanceof Error ? error.message : String(error);
  return new ProbeError('spawn_failed', `The program ${program} could not be started: ${said}.`, { cause: error });
}

function notFound(program: string, env: Readonly<Record<string, string>>): string {
  if (program.includes('/'))
    return `There is no program ${program}. Check the path; a relative one starts at the monitor’s working directory.`;
  const path = env['PATH'] ?? '';
  return `There is no program ${program} in ${path === '' ? 'the PATH, which is empty' : `PATH (${path.slice(0, 200)})`}. Give its full path, or set PATH under \`env\`.`;
}
