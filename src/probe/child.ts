import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Clock } from '../core/ports.ts';
import { spawnError } from './spawn-error.ts';

export interface ChildOptions {
  /** The program and its arguments; no shell reads them. */
  readonly command: readonly string[];
  /** All of the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A server that runs as a process of ours, with everything it starts in one process group. */
export interface Child {
  /** The process group. */
  readonly pid: number;
  /** Takes each piece of stdout. What came before is kept until then. */
  read(take: (chunk: Buffer) => void): void;
  /** Reads stdout no further. */
  hangUp(): void;
  /** What cannot be written any more is lost; `ended` tells why. */
  write(text: string): void;
  /** Resolves when the process has ended and what it wrote was read. */
  readonly ended: Promise<Ending>;
  /** The last 4 KB of stderr. */
  stderr(): string;
  /** Closes stdin, then SIGTERM, then SIGKILL to the whole group, 2 s each. Resolves with what it took, when nothing of it runs. */
  stop(): Promise<'end' | 'SIGTERM' | 'SIGKILL'>;
}

const STDERR_TAIL = 4096;
/** Beyond this, stderr is read at the pace of one piece per PACE_MS: a process that floods it must not keep us busy. */
const STDERR_FREE = 1024 * 1024;
const PACE_MS = 5;
/** What a process wrote before it ended is still in the pipe; a descendant may hold the pipe open for ever. */
const DRAIN_MS = 500;
/** How long a process may take to end by itself, and again after SIGTERM (as the SDKs' own clients do). */
const GRACE_MS = 2000;
/** The same for what a process that has ended leaves behind. */
const ORPHAN_MS = 100;
const POLL_MS = 20;

/** Starts a process. Rejects with ProbeError where there is none to start. Whoever starts it stops it. */
export async function startChild({ command, env, clock }: ChildOptions): Promise<Child> {
  const [program = '', ...args] = command;
  const child = await launch(program, args, env);
  const { pid = 0 } = child;
  const stderr = tailOf(child, clock);
  child.stdin.on('error', () => undefined);
  child.stdout.on('error', () => undefined);
  const ended = endOf(child, clock);
  const life = { pid, clock, hasEnded: () => child.exitCode !== null || child.signalCode !== null };
  let stopped: ReturnType<Child['stop']> | null = null;
  const stop = async (): ReturnType<Child['stop']> => {
    child.stdin.end();
    const way = await endGroup(life);
    await ended;
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy();
    return way;
  };
  return {
    pid,
    read: (take) => void child.stdout.on('data', take),
    hangUp: () => void child.stdout.destroy(),
    write(text) {
      if (child.stdin.writable) child.stdin.write(text);
    },
    ended,
    stderr,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

function launch(
  program: string,
  args: readonly string[],
  env: ChildOptions['env'],
): Promise<ChildProcessWithoutNullStreams> {
  return new Promise((resolve, reject) => {
    try {
      // `detached` makes it the leader of a process group (setsid(2)), which can be ended as a whole.
      const child = spawn(program, args, { env, detached: true, shell: false, windowsHide: true });
      child.once('spawn', () => resolve(child));
      child.once('error', (error) => reject(spawnError(error, program, env)));
    } catch (error) {
      reject(spawnError(error, program, env));
    }
  });
}

function endOf(child: ChildProcessWithoutNullStreams, clock: Clock): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      const finish = (): void => resolve({ code, signal });
      const cancel = clock.after(DRAIN_MS, finish);
      child.once('close', () => {
        cancel();
        finish();
      });
    });
  });
}

function tailOf({ stderr }: ChildProcessWithoutNullStreams, clock: Clock): () => string {
  let tail: Buffer = Buffer.alloc(0);
  let bytes = 0;
  stderr.on('error', () => undefined);
  stderr.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk.subarray(-STDERR_TAIL)]).subarray(-STDERR_TAIL);
    bytes += chunk.length;
    if (bytes < STDERR_FREE) return;
    stderr.pause();
    clock.after(PACE_MS, () => stderr.resume());
  });
  return () => tail.toString();
}

interface Life {
  readonly pid: number;
  readonly clock: Clock;
  /** Whether the leader of the group has. */
  readonly hasEnded: () => boolean;
}

async function endGroup(life: Life): Promise<'end' | 'SIGTERM' | 'SIGKILL'> {
  if (await isGone(life, GRACE_MS, ORPHAN_MS)) return 'end';
  signalGroup(life.pid, 'SIGTERM');
  if (await isGone(life, GRACE_MS, GRACE_MS)) return 'SIGTERM';
  signalGroup(life.pid, 'SIGKILL');
  await isGone(life, GRACE_MS, ORPHAN_MS);
  return 'SIGKILL';
}

/** Waits until nothing of the group runs: `ms` for its leader, `orphanMs` for what is left when the leader has ended. */
async function isGone({ pid, clock, hasEnded }: Life, ms: number, orphanMs: number): Promise<boolean> {
  const from = clock.monotonic();
  let endedAt: number | null = null;
  for (;;) {
    const now = clock.monotonic();
    if (hasEnded()) {
      if (!signalGroup(pid, 0)) return true;
      endedAt ??= now;
    }
    if (endedAt === null ? now - from >= ms : now - endedAt >= orphanMs) return false;
    await new Promise<void>((resolve) => clock.after(POLL_MS, resolve));
  }
}

/** kill(2) with a negative pid; 0 only asks. False: there is no such group. */
function signalGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
