import { statSync } from 'node:fs';
import { loadConfig } from '../config/load.ts';
import { snapshotStore } from '../store/snapshot.ts';
import { report } from './check-config.ts';
import { defaultFile, EXIT, err, out, UsageError } from './io.ts';
import { loadDeps } from './load-deps.ts';
import { readArgs } from './options.ts';

export const BACKUP_HELP = `alivemcp backup FILE [--store URL] [--config FILE]

Copies the store to FILE, checked and whole, also while the monitor runs on it. Without --store it is the store of the configuration file (default ./config.yaml, else ./config.example.yaml).
The key that opens the secrets in it is another file: keep a copy of that, too.

Exit code: 0 the copy is there, 1 it is not, 2 usage or configuration.
`;

/** `alivemcp backup FILE`. */
export async function backupCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArgs('backup', {
    args: [...args],
    options: { store: { type: 'string' }, config: { type: 'string' } },
    allowPositionals: true,
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0)
    throw new UsageError('name one file, such as `alivemcp backup alivemcp-copy.db`.');
  const url = values.store ?? (await configured(values.config ?? defaultFile('; name the store with --store')));
  if (url === null) return EXIT.usage;
  const startedAt = performance.now();
  await snapshotStore(url, file);
  const ms = Math.round(performance.now() - startedAt);
  out(`Wrote ${file} (${(statSync(file).size / 1e6).toFixed(1)} MB) in ${ms} ms; it was checked and is whole.\n`);
  return EXIT.ok;
}

/** The store the configuration names; null: it has mistakes, which have been said. */
async function configured(file: string): Promise<string | null> {
  const loaded = await loadConfig(file, loadDeps());
  if (loaded.ok) return `${loaded.config.monitor.store.kind}:${loaded.config.monitor.store.path}`;
  err(report(file, loaded));
  return null;
}
