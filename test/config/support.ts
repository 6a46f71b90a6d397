import type { Config, ConfigMistake, LoadedConfig } from '../../src/config/config.ts';
import { UnreadableFileError } from '../../src/config/interpolate.ts';
import type { LoadDeps } from '../../src/config/load.ts';
import { loadConfig } from '../../src/config/load.ts';
import { readTextFile } from '../../src/config/read-file.ts';
import { calendar } from '../../src/engine/cron.ts';
import { notifierKinds } from '../../src/notify/registry.ts';

/** What the program itself hands over, with an environment of one variable. */
export const deps: LoadDeps = {
  env: { PRESENT: 'present' },
  readFile: readTextFile,
  calendar,
  channelKinds: notifierKinds,
};

export const ONE_SERVER = 'servers:\n  - id: orders\n    url: https://orders.example.com/mcp\n';

/** Loads a text as if it stood in `config.yaml`. `files` are what its references find. */
export function loadText(
  text: string,
  { files = {}, ...change }: Partial<LoadDeps> & { readonly files?: Readonly<Record<string, string>> } = {},
): Promise<LoadedConfig> {
  const all: Readonly<Record<string, string>> = { ...files, '/etc/alivemcp/config.yaml': text };
  const readFile: LoadDeps['readFile'] = async (path, maxBytes) => {
    const content = all[path];
    if (content === undefined) throw new UnreadableFileError('there is no such file');
    if (Buffer.byteLength(content) > maxBytes) throw new UnreadableFileError('it is too large');
    return content;
  };
  return loadConfig('/etc/alivemcp/config.yaml', { ...deps, readFile, ...change });
}

/** The configuration a text gives; fails with its mistakes. */
export async function load(text: string, change: Parameters<typeof loadText>[1] = {}): Promise<Config> {
  const loaded = await loadText(text, change);
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('\n'));
  return loaded.config;
}

/** The mistakes of a text; fails when it has none. */
export async function mistakes(
  text: string,
  change: Parameters<typeof loadText>[1] = {},
): Promise<readonly ConfigMistake[]> {
  const loaded = await loadText(text, change);
  if (loaded.ok) throw new Error('the text has no mistake');
  return loaded.errors;
}
