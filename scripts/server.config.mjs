import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/**
 * The monitor with its packages in a few files: Node looks up, reads and compiles a thousand modules one by one in twice
 * the time. Left out are what has a compiled part or starts threads by file name, and what only some monitors load.
 */
export default defineConfig({
  plugins: [{ name: 'plain-ascii', generateBundle: (_options, bundle) => Object.values(bundle).forEach(toAscii) }],
  root: fileURLToPath(new URL('..', import.meta.url)),
  publicDir: false,
  // All that is used of it. The rest, its own fetch and WebSocket, makes Node load the ones that Node has as well.
  resolve: { alias: [{ find: /^undici$/, replacement: fileURLToPath(new URL('undici.cjs', import.meta.url)) }] },
  ssr: { noExternal: true, external: ['better-sqlite3', 'nodemailer', 'pino'] },
  build: {
    ssr: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      // The program, and a thread of it: what both use is in files that both load.
      input: { program: 'src/main.ts', 'export-thread': 'src/export-thread.ts' },
      // All side by side, so that what finds a file by its own place finds it from every chunk. No ES modules, and no
      // import() of them: Node takes no compiled ones from a program (scripts/main.mjs).
      output: {
        format: 'cjs',
        dynamicImportInCjs: false,
        entryFileNames: '[name].cjs',
        chunkFileNames: '[name]-[hash].cjs',
        comments: { legal: true, annotation: false, jsdoc: false },
      },
      checks: { bundlerTimings: false },
    },
  },
});

/** One “ makes V8 keep a whole file with two bytes a character. Nothing reads the raw text of a template or a function. */
function toAscii(part) {
  if (part.type !== 'chunk') return;
  part.code = part.code.replace(/(\\*)([^\0-\x7f])/g, (_found, slashes, character) => {
    // A backslash before it stands for nothing.
    const before = slashes.length % 2 === 0 ? slashes : slashes.slice(1);
    return `${before}\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
