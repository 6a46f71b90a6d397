import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = join(root, 'dist/main.js');

/** When the file, or the newest file below the folder, was last written; 0 where there is none. */
async function writtenAt(path) {
  const facts = await stat(path).catch(() => null);
  if (facts === null) return 0;
  if (!facts.isDirectory()) return facts.mtimeMs;
  const names = await readdir(path);
  return Math.max(0, ...(await Promise.all(names.map((name) => writtenAt(join(path, name))))));
}

async function isBuilt() {
  const built = await writtenAt(join(root, 'dist/.built'));
  const sources = ['src', 'web', 'scripts', 'package-lock.json'];
  const newest = Math.max(...(await Promise.all(sources.map((name) => writtenAt(join(root, name))))));
  return built >= newest;
}

async function buildFirst() {
  const isFirst = (await writtenAt(main)) === 0;
  console.log(isFirst ? 'AliveMCP is not built yet. Building…' : 'AliveMCP has changed since it was built. Building…');
  const { build } = await import('./build.mjs');
  await build();
}

try {
  if (!(await isBuilt())) await buildFirst();
} catch (error) {
  console.error(`AliveMCP was not started: ${error.message}`);
  process.exit(1);
}

// In this very process, so that signals and exit codes are the monitor's own.
process.argv = [process.argv[0] ?? 'node', main, 'serve', ...process.argv.slice(2)];
await import(pathToFileURL(main).href);
