import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

const repository = join(import.meta.dirname, '../..');

/** What, where it is planted, the breach, and the words of the message or rule that must catch it. */
const BREACHES = [
  ['a room imports another room', 'src/probe/to-room.ts', `export { a } from '../store/rows.ts';`, 'src/compose.ts'],
  ['a room imports another room late', 'src/probe/late.ts', `void import('../store/rows.ts');`, 'src/compose.ts'],
  [
    'a folder of a room imports another room',
    'src/store/deep/x.ts',
    `export { a } from '../../http/app.ts';`,
    'src/compose.ts',
  ],
  ['a room imports compose', 'src/engine/to-compose.ts', `export { a } from '../compose.ts';`, 'src/compose.ts'],
  ['core imports a room', 'src/core/to-room.ts', `export { a } from '../store/rows.ts';`, 'core imports only core'],
  ['core imports node:', 'src/core/to-node.ts', `export { readFileSync } from 'node:fs';`, 'core imports only core'],
  ['core imports a package', 'src/core/to-package.ts', `export { z } from 'zod';`, 'core imports only core'],
  ['core reads the clock', 'src/core/clock.ts', 'export const at = (): number => Date.now();', 'core has no clock'],
  ['core asks what day it is', 'src/core/today.ts', 'export const at = (): Date => new Date();', 'core has no clock'],
  ['core throws dice', 'src/core/dice.ts', 'export const die = (): number => Math.random();', 'core has no clock'],
  ['core sets a timer', 'src/core/timer.ts', 'setTimeout(() => undefined, 5);', 'noRestrictedGlobals'],
  ['core calls out', 'src/core/call.ts', `export const answer = fetch('http://a');`, 'noRestrictedGlobals'],
  [
    'a room calls out past the guard',
    'src/notify/fetch.ts',
    `export const a = fetch('http://a');`,
    'noRestrictedGlobals',
  ],
  [
    'a room reaches for the global object',
    'src/notify/global.ts',
    'export const a = globalThis.fetch;',
    'No second way out',
  ],
  [
    'node:http opens a second way out',
    'src/notify/http.ts',
    `export { request } from 'node:http';`,
    'No second way out',
  ],
  [
    'undici outside its file',
    'src/probe/undici.ts',
    `export { request } from 'undici';`,
    'src/probe/dispatcher.ts alone',
  ],
  ['undici imported late', 'src/http/undici.ts', `void import('undici');`, 'src/probe/dispatcher.ts alone'],
  [
    'nodemailer outside its file',
    'src/notify/mail.ts',
    `export { createTransport } from 'nodemailer';`,
    'src/notify/email.ts',
  ],
  ['node-cron outside its file', 'src/engine/tick.ts', `export { schedule } from 'node-cron';`, 'src/engine/cron.ts'],
  ['SQLite outside its rooms', 'src/engine/db.ts', `import db from 'better-sqlite3';\nexport { db };`, 'src/store'],
  [
    'the SDK client outside its room',
    'src/checks/c.ts',
    `export * from '@modelcontextprotocol/sdk/client/index.js';`,
    'src/probe',
  ],
  [
    'the newer SDK client outside its room',
    'src/cli/c.ts',
    `void import('@modelcontextprotocol/client');`,
    'src/probe',
  ],
  [
    'the SDK server outside its rooms',
    'src/probe/s.ts',
    `export * from '@modelcontextprotocol/sdk/server/mcp.js';`,
    'src/http/mcp.ts',
  ],
  [
    'the page imports a room',
    'web/room.ts',
    `import type { A } from '../src/core/server.ts';\nexport type B = A;`,
    'only the types',
  ],
  ['the page runs our code', 'web/value.ts', `export { a } from '../src/http/wire.ts';`, 'import type'],
  ['an import cycle', 'src/core/one.ts', `import type { B } from './two.ts';\nexport type A = B[];`, 'noImportCycles'],
  ['a default export', 'src/http/default.ts', 'export default 1;', 'noDefaultExport'],
  ['a barrel', 'src/http/barrel.ts', `export { a } from './a.ts';\nexport { b } from './b.ts';`, 'noBarrelFile'],
  ['module state', 'src/engine/state.ts', 'export let count = 0;', 'No module state'],
  [
    'a class that is no error',
    'src/engine/class.ts',
    'export class Engine {\n  speed = 1;\n}',
    'Classes only for errors',
  ],
  ['a cast', 'src/http/cast.ts', 'export const a = (b: unknown): string => b as string;', 'No cast'],
  ['any', 'src/http/any.ts', 'export const a = (b: any): string => String(b);', 'noExplicitAny'],
  [
    'a promise left floating',
    'src/http/float.ts',
    'const a = async (): Promise<void> => {\n  await a();\n};\na();',
    'noFloatingPromises',
  ],
  [
    'a function of 51 lines',
    'src/http/long.ts',
    `export function a(): void {\n${'  a();\n'.repeat(51)}}`,
    'LinesPerFunction',
  ],
  ['a file of 251 lines', 'src/http/long-file.ts', `export const a = [\n${'  1,\n'.repeat(250)}];`, 'LinesPerFile'],
] as const;

/** What the walls leave open, so that they do not simply refuse everything. */
const ALLOWED = [
  [
    'a room imports core and itself',
    'src/probe/ok.ts',
    `import type { A } from '../core/ok.ts';\nimport { b } from './b.ts';\nexport const c: A = b;`,
  ],
  [
    'core formats a time it was given',
    'src/core/ok.ts',
    'export type A = string;\nexport const day = (at: number): string => new Date(at).toISOString();',
  ],
  [
    'the one dispatcher uses undici',
    'src/probe/dispatcher.ts',
    `import { Agent } from 'undici';\nexport const agent = (): Agent => new Agent();`,
  ],
  [
    'an injected fetch',
    'src/notify/ok.ts',
    'export const send = (fetch: (url: string) => string): string => fetch("a");',
  ],
  [
    'the page sees the types of the wire',
    'web/ok.ts',
    `import type { Row } from '../src/http/wire.ts';\nexport type R = Row;`,
  ],
  ['an error class', 'src/core/error-ok.ts', 'export class SadError extends Error {}'],
] as const;

const Lint = z.object({
  diagnostics: z.array(
    z.object({ category: z.string(), message: z.string(), location: z.object({ path: z.string() }) }),
  ),
});

let tree = '';
let found: z.infer<typeof Lint>['diagnostics'] = [];

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'alivemcp-walls-'));
  for (const name of ['biome.json', 'lint', 'package.json', '.gitignore']) {
    await cp(join(repository, name), join(tree, name), { recursive: true });
  }
  await symlink(join(repository, 'node_modules'), join(tree, 'node_modules'));
  const planted = [
    ...BREACHES,
    ...ALLOWED,
    ['', 'src/core/two.ts', `import type { A } from './one.ts';\nexport type B = A[];`],
  ];
  for (const [, path = '', source = ''] of planted) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), `${source}\n`);
  }
  found = Lint.parse(JSON.parse(await lint(tree))).diagnostics;
});

afterAll(async () => {
  await rm(tree, { recursive: true, force: true });
});

/** Biome exits with 1 when it finds something, which is what we want. */
async function lint(directory: string): Promise<string> {
  const arguments_ = ['lint', '--reporter=json', '--max-diagnostics=none', '.'];
  const biome = join(repository, 'node_modules/.bin/biome');
  const run = promisify(execFile)(biome, arguments_, { cwd: directory, maxBuffer: 16 * 1024 * 1024 });
  return run.then(
    ({ stdout }) => stdout,
    (failure: unknown) => z.object({ stdout: z.string() }).parse(failure).stdout,
  );
}

test.each(BREACHES)('%s: the linter objects', (_, path, _source, words) => {
  const here = found.filter(({ location }) => location.path === path);
  expect(here.map(({ category, message }) => `${category} ${message}`).join('\n')).toContain(words);
});

test.each(ALLOWED)('%s: the linter agrees', (_, path) => {
  expect(found.filter(({ location }) => location.path === path)).toEqual([]);
});

test('every rule in lint/ is switched on in biome.json', async () => {
  const { plugins } = z
    .object({ plugins: z.array(z.object({ path: z.string() })) })
    .parse(JSON.parse(await readFile(join(repository, 'biome.json'), 'utf8')));
  const written = (await readdir(join(repository, 'lint'))).map((name) => `./lint/${name}`);
  expect(plugins.map(({ path }) => path).sort()).toEqual(written.sort());
});
