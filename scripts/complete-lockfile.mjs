import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * A registry mirror that carries only some platforms makes `npm install` leave the other platforms' binaries out of
 * package-lock.json, and then `npm ci` fails everywhere. This puts them back: run it after every `npm install`.
 */
const file = join(fileURLToPath(new URL('..', import.meta.url)), 'package-lock.json');

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** What a platform package runs on, read from its name: `@biomejs/cli-linux-arm64-musl`. */
function platform(name) {
  const parts = name.split(/[/-]/);
  const os = parts.filter((part) => SYSTEMS.includes(part));
  const cpu = parts.filter((part) => PROCESSORS.includes(part));
  const libc = !os.includes('linux') ? [] : parts.some((part) => part.startsWith('musl')) ? ['musl'] : ['glibc'];
  if (cpu.length === 0) return null;
  return { cpu, ...(libc.length > 0 && /gnu|musl/.test(name) && { libc }), ...(os.length > 0 && { os }) };
}

/** The optional dependencies of locked packages that the lock file does not hold, with the entry they should have. */
function missing(packages) {
  const found = new Map();
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const isHeld =
        packages[`node_modules/${name}`] !== undefined || packages[`${path}/node_modules/${name}`] !== undefined;
      const runsOn = platform(name);
      if (isHeld || runsOn === null) continue;
      const { cpu, libc, os } = runsOn;
      const dev = entry.dev === true ? { dev: true } : {};
      const key = `node_modules/${name}`;
      found.set(key, { version, cpu, ...dev, ...(libc && { libc }), optional: true, ...(os && { os }) });
    }
  }
  return found;
}

const lock = JSON.parse(await readFile(file, 'utf8'));
const additions = missing(lock.packages);
const merged = [...Object.entries(lock.packages), ...additions].sort(([a], [b]) => (a < b ? -1 : 1));
lock.packages = Object.fromEntries(merged);
if (additions.size > 0) await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${additions.size} platform packages added to package-lock.json.`);
