import { spawn } from 'node:child_process';
import { access, chmod, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { stringify } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/**
 * Builds the monitor into dist/ and the page into dist/web/. Rejects with a sentence that says which part failed; what
 * was built before stays in place until all of it succeeded.
 */
export async function build() {
  const startedAt = performance.now();
  const fresh = `${dist}.${process.pid}`;
  const page = `${fresh}.web`;
  const place = `${fresh}.start`;
  try {
    await Promise.all([
      bundle('The server', 'scripts/server.config.mjs', fresh),
      bundle('The page', 'web/vite.config.ts', page),
    ]);
    await compress(page);
    await rename(page, join(fresh, 'web'));
    // The file of a thread, which Node reads itself.
    await cp(join(root, 'src/store/aside-worker.mjs'), join(fresh, 'aside-worker.mjs'));
    await cp(join(root, 'scripts/main.mjs'), join(fresh, 'main.js'));
    await chmod(join(fresh, 'main.js'), 0o755);
    await writeFile(join(fresh, '.built'), `${new Date().toISOString()}\n`);
    await rm(dist, { recursive: true, force: true });
    await rename(fresh, dist);
    await compile(place);
  } finally {
    for (const folder of [fresh, page, place]) await rm(folder, { recursive: true, force: true });
  }
  console.log(`Built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
}

/** Writes each file of the page once more as .br and .gz, as @fastify/static sends them. */
async function compress(folder) {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
  await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      const text = await readFile(path);
      await writeFile(`${path}.br`, await promisify(brotliCompress)(text));
      await writeFile(`${path}.gz`, await promisify(gzip)(text, { level: 9 }));
    }),
  );
}

/** Lets the program start once, as it will, and keeps what it was compiled to. A start that fails only leaves it slower. */
async function compile(place) {
  await mkdir(place);
  const servers = [1, 2, 3].map((n) => ({ id: `s${n}`, url: 'http://127.0.0.1:9/mcp', canary: { tool: 'any' } }));
  await writeFile(join(place, 'config.yaml'), stringify({ monitor: { listen: '127.0.0.1:0' }, servers }));
  const parameters = ['--import', join(root, 'scripts/keep-compiled.mjs'), join(dist, 'main.js'), 'serve'];
  const child = spawn(process.execPath, parameters, { cwd: place, stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.once('data', () => child.kill());
  const code = await new Promise((resolve) => child.on('error', resolve).on('close', resolve));
  if (code !== 0)
    console.warn('The built program did not start here: it is not compiled beforehand and starts slower.');
}

/** `what`: for messages. */
async function bundle(what, config, outDir) {
  const startedAt = performance.now();
  const bin = join(root, 'node_modules/vite/bin/vite.js');
  await access(bin).catch(() => {
    throw new Error(`${what} cannot be built: Vite is not installed. Run \`npm ci\` (with development dependencies).`);
  });
  const parameters = ['build', '--config', config, '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'];
  const child = spawn(process.execPath, [bin, ...parameters], { cwd: root, stdio: 'inherit' });
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`${what} could not be built; the reason is above.`);
  console.log(`${what} is built (${((performance.now() - startedAt) / 1000).toFixed(1)} s).`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
