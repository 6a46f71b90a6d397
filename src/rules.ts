import type { ChannelKind, Config, ConfiguredChannel, ConfiguredServer } from './config/config.ts';
import { checkChannelEntry, checkServerEntry } from './config/entry.ts';
import { mergePatch } from './config/merge.ts';
import { checkPageEntry } from './config/page.ts';
import { checkWindowEntry } from './config/window.ts';
import type { CheckedChannel, CheckedServer, EntryRules } from './core/entries.ts';
import { asEntry } from './core/entries.ts';
import { InvalidEntryError } from './core/monitor.ts';
import type { Calendar, Channel } from './core/ports.ts';
import type { ChannelSpec } from './notify/channel.ts';

export interface RulesOptions {
  /** The configuration as it is now: its defaults hold for servers added in the browser, too. */
  readonly config: () => Config;
  readonly calendar: Calendar;
  readonly channelKinds: ReadonlyMap<string, ChannelKind>;
  readonly openChannel: (spec: ChannelSpec) => Channel;
}

/** The configuration's rules as the engine asks for them. */
export function createRules({ config, calendar, channelKinds, openChannel }: RulesOptions): EntryRules {
  return {
    server: (entry, channelIds) => {
      const { defaults, monitor } = config();
      const context = { defaults, calendar, channelIds, clientName: monitor.clientName };
      const checked = checkServerEntry(entry, context);
      if (!checked.ok) throw new InvalidEntryError(checked.errors);
      return { server: checked.server, masked: checked.masked, secrets: checked.secretPaths.map(asKeys) };
    },
    channel: (entry) => {
      const checked = checkChannelEntry(entry, { channelKinds });
      if (!checked.ok) throw new InvalidEntryError(checked.errors);
      const { kind, quiet, ...spec } = checked.channel;
      const channel = openChannel({ ...spec, ...quietOf(quiet, calendar), type: kind, source: 'ui' });
      return { channel, masked: checked.masked, secrets: checked.secretPaths.map(asKeys) };
    },
    window: (entry) => {
      const result = checkWindowEntry(entry, { calendar });
      if (!result.ok) throw new InvalidEntryError(result.errors);
      return result.checked;
    },
    page: (entry) => {
      const result = checkPageEntry(entry);
      if (!result.ok) throw new InvalidEntryError(result.errors);
      return result.checked;
    },
    merge: (stored, patch) => mergePatch(stored, asEntry(patch, 'server')),
  };
}

/** A server of the file in the engine's form. */
export function fromFile({ server, entry, secrets }: ConfiguredServer): CheckedServer {
  return { server, masked: entry, secrets: secrets.map(asKeys) };
}

/** A channel of the file in the engine's form. */
export function channelFromFile(
  { id, kind, severity, tags, quiet, settings, entry, line }: ConfiguredChannel,
  { openChannel, calendar, file }: Pick<RulesOptions, 'openChannel' | 'calendar'> & { readonly file: string },
): CheckedChannel {
  const hours = quietOf(quiet, calendar);
  const channel = openChannel({ id, type: kind, source: 'config', severity, tags, settings, ...hours });
  return { channel, masked: entry, secrets: [], place: { file, line } };
}

function quietOf(quiet: ConfiguredChannel['quiet'], calendar: Calendar): Pick<ChannelSpec, 'quiet'> {
  if (quiet === undefined) return {};
  const { timezone, ...hours } = quiet;
  return { quiet: { ...hours, offsetAt: calendar.offsets(timezone) } };
}

function asKeys(path: readonly (string | number)[]): readonly string[] {
  return path.map(String);
}
