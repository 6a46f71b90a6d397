import { dirname, resolve } from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { channelOf } from './channel.ts';
import { checkFile, type ParsedFile, type Rules } from './check-file.ts';
import type { ConfiguredChannel, ConfiguredServer, LoadedConfig, Mistake, Path, PlacedMistake } from './config.ts';
import { interpolate, UnreadableFileError } from './interpolate.ts';
import { pageOf } from './page.ts';
import { serverOf } from './server.ts';
import { createSharing } from './sharing.ts';
import { formatPath } from './show.ts';
import { toMonitorSettings } from './to-monitor.ts';
import { windowsOf } from './windows.ts';
import { MAX_FILE, readYaml, type YamlText } from './yaml.ts';

/** What loading a file needs from outside. */
export interface LoadDeps extends Rules {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a whole file of at most `maxBytes`; rejects with UnreadableFileError. */
  readonly readFile: (path: string, maxBytes: number) => Promise<string>;
  /** What the command line says instead of the file. */
  readonly overrides?: Overrides;
}

interface Overrides {
  readonly listen?: string | undefined;
  readonly store?: string | undefined;
}

/** Reads a configuration file whole: either everything in it is right, or every mistake is told, in the order of the lines. */
export async function loadConfig(file: string, deps: LoadDeps): Promise<LoadedConfig> {
  try {
    return await loadText(file, await deps.readFile(file, MAX_FILE), deps);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return refused(file, [{ line: 1, column: 1, path: [], message: `the file cannot be read: ${error.message}.` }]);
  }
}

async function loadText(file: string, text: string, deps: LoadDeps): Promise<LoadedConfig> {
  const yaml = readYaml(text);
  if (yaml.value === undefined) return refused(file, yaml.mistakes);
  const overrides = deps.overrides ?? {};
  const written = withOverrides(yaml.value ?? {}, overrides);
  const readFile: LoadDeps['readFile'] = (path, maxBytes) => deps.readFile(resolve(dirname(file), path), maxBytes);
  const references = await interpolate(yaml.value ?? {}, { env: deps.env, readFile });
  const resolved = withOverrides(references.value, overrides);
  const unread = [...yaml.mistakes, ...references.mistakes].map(({ path }) => path).filter(({ length }) => length > 0);
  // What could not be read stands empty, and what the schema says of that would only confuse.
  const checked = checkFile(written, resolved, deps);
  const others = checked.mistakes.filter(({ path }) => !unread.some((prefix) => startsWith(path, prefix)));
  const mistakes = [...references.mistakes, ...others];
  if (checked.parsed === null || mistakes.length + yaml.mistakes.length > 0)
    return refused(file, [...yaml.mistakes, ...placed(mistakes, yaml, overrides)]);
  return build({ file, written, resolved, parsed: checked.parsed, yaml }, deps);
}

function withOverrides(resolved: Json, { listen, store }: Overrides): Json {
  if (!isJsonObject(resolved)) return resolved;
  const monitor = resolved['monitor'] ?? {};
  if (!isJsonObject(monitor)) return resolved;
  const given = { ...(listen === undefined ? {} : { listen }), ...(store === undefined ? {} : { store }) };
  return { ...resolved, monitor: { ...monitor, ...given } };
}

interface Sound {
  readonly file: string;
  readonly written: Json;
  readonly resolved: Json;
  readonly parsed: ParsedFile;
  readonly yaml: YamlText;
}

/** Puts together what a file without a mistake of its own says; servers can still be at odds with the defaults. */
function build({ file, written, resolved, parsed, yaml }: Sound, deps: LoadDeps): LoadedConfig {
  const monitor = toMonitorSettings(parsed.monitor ?? {});
  const defaults = objectAt(resolved, 'defaults');
  const channels = Object.entries(objectAt(written, 'channels')).map(([id, entry]): ConfiguredChannel => {
    const { line } = yaml.place(['channels', id], 'key');
    return {
      ...channelOf({ id, written: entry, resolved: objectAt(resolved, 'channels')[id] }, deps.channelKinds),
      line,
    };
  });
  const context = {
    defaults,
    calendar: deps.calendar,
    channelIds: channels.map(({ id }) => id),
    clientName: monitor.clientName,
  };
  const servers: ConfiguredServer[] = [];
  const share = createSharing();
  const mistakes: Mistake[] = [];
  const writtenServers = listAt(written, 'servers');
  for (const [index, entry] of listAt(resolved, 'servers').entries()) {
    const path = ['servers', index];
    const { line } = yaml.place(path, 'value');
    const own = parsed.servers?.[index];
    const result = serverOf(
      {
        resolved: entry,
        written: writtenServers[index] ?? null,
        source: { kind: 'config', file, line },
        ...(own === undefined ? {} : { parsed: { entry: own, defaults: parsed.defaults ?? {} } }),
      },
      context,
    );
    if (result.ok) servers.push({ ...result.configured, server: share(result.configured.server) });
    else mistakes.push(...result.mistakes.map((mistake) => ({ ...mistake, path: [...path, ...mistake.path] })));
  }
  const inList = <T>(key: string, entries: readonly T[] | null | undefined) => {
    const asWritten = listAt(written, key);
    return (entries ?? []).map((entry, index) => {
      const { line } = yaml.place([key, index], 'value');
      return { entry, written: asWritten[index] ?? null, source: { kind: 'config', file, line } as const };
    });
  };
  const windows = windowsOf(inList('maintenance', parsed.maintenance));
  const statusPages = inList('status_pages', parsed.status_pages).map(pageOf);
  mistakes.push(...windows.mistakes);
  if (mistakes.length > 0) return refused(file, placed(mistakes, yaml));
  const lists = { servers, channels, maintenance: windows.checked, statusPages };
  return { ok: true, config: { file, isBlank: yaml.value === null, monitor, defaults, ...lists } };
}

function objectAt(value: Json, key: string): JsonObject {
  const inner = isJsonObject(value) ? value[key] : undefined;
  return isJsonObject(inner) ? inner : {};
}

function listAt(value: Json, key: string): readonly Json[] {
  const inner = isJsonObject(value) ? value[key] : undefined;
  return Array.isArray(inner) ? inner : [];
}

function placed(mistakes: readonly Mistake[], yaml: YamlText, overrides: Overrides = {}): readonly PlacedMistake[] {
  return mistakes.map(({ path, at, message }) => {
    const label = labelOf(path, overrides);
    return { ...yaml.place(path, at), path, message: label === '' ? message : `${label}: ${message}` };
  });
}

/** `servers[0].url`, or the option of the command line that took the key's place. */
function labelOf(path: Path, { listen, store }: Overrides): string {
  const label = formatPath(path);
  if (label === 'monitor.listen' && listen !== undefined) return '--listen';
  return label === 'monitor.store' && store !== undefined ? '--store' : label;
}

function startsWith(path: Path, prefix: Path): boolean {
  return prefix.every((step, index) => path[index] === step);
}

function refused(file: string, mistakes: readonly PlacedMistake[]): LoadedConfig {
  const errors = mistakes
    .map(({ line, column, path, message }) => ({ file, line, column, path: path.join('.'), message }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
  return { ok: false, errors };
}
