#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

// Becomes dist/main.js. It loads the parts of the program with what V8 made of them when they were built
// (scripts/keep-compiled.mjs), which saves a third of a start. Another Node compiles them as ever.

const folder = dirname(fileURLToPath(import.meta.url));
const compiled = join(folder, 'compiled', `${process.version}-${process.platform}-${process.arch}`);
const require = createRequire(import.meta.url);
const loadOther = require.extensions['.js'];

require.extensions['.cjs'] = (module, filename) => {
  if (dirname(filename) !== folder) return loadOther(module, filename);
  const script = new Script(Module.wrap(readFileSync(filename, 'utf8')), {
    filename,
    cachedData: compiledOf(filename),
  });
  const load = (id) => module.require(id);
  script.runInThisContext().call(module.exports, module.exports, load, module, filename, folder);
};

/** V8 checks itself whether it can use it. */
function compiledOf(filename) {
  try {
    return readFileSync(join(compiled, basename(filename)));
  } catch {
    return undefined;
  }
}

require('./program.cjs');
