import { mkdirSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import vm from 'node:vm';

// Imported before dist/main.js when it is built: keeps what V8 has made of the program's parts when the process ends.

const made = new Map();

vm.Script = class extends vm.Script {
  constructor(code, options) {
    super(code, options);
    if (options.filename.endsWith('.cjs')) made.set(options.filename, this);
  }
};
syncBuiltinESMExports();

process.on('exit', () => {
  // V8 takes only what was made under the flags it has: those of a start, which src/heap.ts sets anew while it runs.
  setFlagsFromString('--semi-space-growth-factor=1');
  for (const [filename, script] of made) {
    const folder = join(dirname(filename), 'compiled', `${process.version}-${process.platform}-${process.arch}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, basename(filename)), script.createCachedData());
  }
});
