import type { Config, LoadedConfig } from './config/config.ts';
import type { ReloadResult } from './core/monitor.ts';
import type { Clock, Log } from './core/ports.ts';

export interface ReloadParts {
  /** What the monitor was started with. */
  readonly config: Config;
  readonly readConfig: () => Promise<LoadedConfig>;
  readonly takeOver: (next: Config) => Promise<void>;
  /** Keeps how it went, for whoever asks. */
  readonly note: (result: ReloadResult) => void;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

const MAX_LOGGED = 20;

/** The file is read whole first: where it has a mistake, everything stays as it was. */
export async function reload({ config, readConfig, takeOver, note, clock, log }: ReloadParts): Promise<ReloadResult> {
  const loaded = refuseBlank(await readConfig(), config.file);
  const { file } = config;
  const result: ReloadResult = { at: clock.now(), file, errors: loaded.ok ? [] : loaded.errors };
  if (loaded.ok) {
    await takeOver(loaded.config);
    log.info({ file }, 'the configuration was taken over');
    const keys = needRestart(config, loaded.config);
    if (keys.length > 0) log.warn({ file, keys }, 'these keys take effect at the next start');
  } else {
    const said = loaded.errors.map(({ line, column, message }) => `${line}:${column}  ${message}`);
    const more = Math.max(0, said.length - MAX_LOGGED);
    const fields = { file, mistakes: said.slice(0, MAX_LOGGED), ...(more === 0 ? {} : { more }) };
    log.error(fields, 'the configuration has mistakes; nothing was changed');
  }
  note(result);
  return result;
}

/** A file is empty for a moment where it is written in place, and for longer where the disk is full. */
function refuseBlank(loaded: LoadedConfig, file: string): LoadedConfig {
  if (!loaded.ok || !loaded.config.isBlank) return loaded;
  const message = 'there is nothing in this file; if that is meant, write `servers: []`.';
  return { ok: false, errors: [{ file, line: 1, column: 1, path: '', message }] };
}

/** What of `monitor` is read at the start only and is another one now. */
function needRestart(before: Config, after: Config): readonly string[] {
  const now = new Map(readOnce(after));
  return readOnce(before).flatMap(([key, value]) => (now.get(key) === value ? [] : [`monitor.${key}`]));
}

function readOnce({ monitor }: Config): readonly (readonly [string, string])[] {
  const { listen, publicUrl, store, location, password, concurrency, network, demo } = monitor;
  const keys = { listen, public_url: publicUrl, store, location, password, concurrency, network, demo };
  return Object.entries(keys).map(([key, value]) => [key, JSON.stringify(value)]);
}
