import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Agent, request } from 'undici';

/** What Linux counts in: ticks of a hundredth of a second. */
const TICK_MS = 10;

/** Processor time a process has used so far, its own and the system's for it. Linux only. */
export function cpuMsOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

export function rssMbOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000;
}

export interface Target {
  /** Without a path: any leads to it. */
  readonly origin: string;
  /** Probes it has seen. */
  seen(): Promise<number>;
  close(): void;
}

/** The canned target in a process of its own. With `tls` it speaks TLS 1.3. */
export async function startTarget(
  tls: { readonly key: string; readonly cert: string; readonly ca: string } | null,
): Promise<Target> {
  const { BENCH_KEY: _key, BENCH_CERT: _cert, ...env } = process.env;
  const secure = tls === null ? {} : { BENCH_KEY: tls.key, BENCH_CERT: tls.cert };
  const child = startScript('target.ts', [], { ...env, ...secure });
  const url = await firstLine(child);
  const dispatcher = new Agent(tls === null ? {} : { connect: { ca: tls.ca } });
  return {
    origin: new URL(url).origin,
    async seen() {
      const { body } = await request(url, { dispatcher });
      return Number(await body.text());
    },
    close() {
      child.stdin.end();
      void dispatcher.destroy();
    },
  };
}

type Child = ReturnType<typeof startScript>;

/** A script of this folder in a process of its own, which ends with its input. */
export function startScript(name: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  return spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, name), ...args], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

export function firstLine(child: Child): Promise<string> {
  return new Promise((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', () => reject(new Error('A process of the bench did not start.')));
  });
}

/** What a figure was measured on, for the head of a table. */
export function machine(): string {
  const [first] = cpus();
  const packageFile = join(import.meta.dirname, '../node_modules/undici/package.json');
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8'));
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown'}, Node ${process.version}, undici ${version}, Linux, loopback`;
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
