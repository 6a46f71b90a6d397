import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/**
 * The monitor with its packages in a few files: Node looks up, reads and compiles a thousand modules one by one in twice
 * the time. Left out are what has a compiled part or starts threads by file name, and what only some monitors load.
 */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  publicDir: false,
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
      },
      checks: { bundlerTimings: false },
    },
  },
});
