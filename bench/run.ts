import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authority, certificate } from '../test/fixtures/targets/certificates.ts';

/**
 * `npm run bench -- NAME [ARGUMENTS]`. Benches of the built monitor build it first and meet it from outside. Those of a
 * part of it run in a process that trusts a certificate made for it; they are compiled first, as the monitor is when it
 * serves: a loader that compiles on the way makes every function dearer.
 */
const OUTSIDE = ['serve', 'reads', 'loop', 'web', 'kuma'];
const INSIDE = ['probe', 'scheduler'];
const [name = 'probe', ...rest] = process.argv.slice(2);
if (![...OUTSIDE, ...INSIDE].includes(name)) {
  console.error(`There is no bench ${name}. There are: ${[...OUTSIDE, ...INSIDE].join(', ')}.`);
  process.exit(2);
}

const root = join(import.meta.dirname, '..');
const built = join(root, 'node_modules/.cache/alivemcp-bench');
const compiler = ['-p', join(root, 'bench/tsconfig.json'), '--outDir', built, '--rootDir', root];
process.exitCode = OUTSIDE.includes(name) ? await meet() : await compare();

async function meet(): Promise<number> {
  if ((await run(process.execPath, [join(root, 'scripts/build.mjs')], process.env)) !== 0) return 1;
  return run(process.execPath, ['--import', 'tsx', join(root, `bench/${name}.ts`), ...rest], process.env);
}

async function compare(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'alivemcp-bench-'));
  try {
    const ca = await authority();
    if ((await run(join(root, 'node_modules/.bin/tsc'), compiler, process.env)) !== 0)
      throw new Error('The bench does not compile.');
    const { key, cert } = await certificate({ by: ca });
    const authorities = join(folder, 'ca.pem');
    await writeFile(authorities, ca.cert);
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: authorities, BENCH_KEY: key, BENCH_CERT: cert };
    return await run(process.execPath, [join(built, `bench/${name}.js`)], env);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    spawn(command, args, { env, stdio: 'inherit' })
      .once('error', reject)
      .once('exit', (code) => resolve(code ?? 1));
  });
}
