import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Calendar } from '../core/ports.ts';
import { checkClientCredentials } from './auth-checks.ts';
import type { Mistake, Path } from './config.ts';
import { parseDuration } from './duration.ts';
import { isTimezone } from './fields.ts';
import { HTTP_ONLY } from './merge.ts';
import { didYouMean } from './nearest.ts';
import { valueAtPath } from './show.ts';
import { list } from './words.ts';

/** What a server's entry is checked against beyond its own schema. */
export interface Surroundings {
  readonly calendar: Calendar;
  readonly channelIds: readonly string[];
  readonly defaults: Json | undefined;
  /** The entry as written, where its references are resolved in the one that is checked: what may be quoted. */
  readonly written?: Json | undefined;
}

/** What is wrong between the keys of one server (or of `defaults`), and between it and the rest. Takes anything. */
export function checkServerKeys(entry: Json, base: Path, surroundings: Surroundings): readonly Mistake[] {
  if (!isJsonObject(entry)) return [];
  const found = [
    ...(base[0] === 'defaults' ? [] : checkTarget(entry)),
    ...checkSchedule(entry, surroundings),
    ...canaries(entry['canary']).flatMap(({ canary, path }) => checkCanary(canary, path)),
    ...checkCanaryTargets(entry, surroundings),
    ...checkLatency(entry),
    ...checkChannels(entry['channels'], surroundings),
    ...checkAuthorization(entry),
    ...checkClientCredentials(entry['auth']),
  ];
  return found.map((mistake) => ({ ...mistake, path: [...base, ...mistake.path] }));
}

type Keys = JsonObject;

/** A server is reached by an address or started by a command. */
function checkTarget(entry: Keys): readonly Mistake[] {
  const [hasUrl, hasCommand] = ['url' in entry, 'command' in entry];
  if (hasUrl && hasCommand)
    return [keyMistake(['command'], 'expected either `url` or `command`, found both; remove one of them.')];
  if (!hasUrl && !hasCommand) return [{ path: ['url'], at: 'value', message: NO_TARGET }];
  if (entry['transport'] === 'sse' && entry['protocol'] === '2026-07-28')
    return [keyMistake(['protocol'], 'revision 2026-07-28 has no `transport: sse`; remove one of the two.')];
  const foreign = hasUrl ? ['env'] : HTTP_ONLY;
  const owner = hasUrl ? '`command`' : '`url`';
  return foreign
    .filter((key) => key in entry)
    .map((key) => keyMistake([key], `\`${key}\` belongs to ${owner}; remove it.`));
}

const NO_TARGET = 'is missing; expected an address that starts with `http://` or `https://`, or a `command` to start.';

function checkSchedule(entry: Keys, { calendar, defaults }: Surroundings): readonly Mistake[] {
  const { interval, cron, timezone } = entry;
  if (cron === undefined) {
    const isUseless =
      timezone !== undefined &&
      'id' in entry &&
      !(isJsonObject(defaults) && ('cron' in defaults || 'timezone' in defaults));
    return isUseless
      ? [keyMistake(['timezone'], '`timezone` belongs to `cron`; remove it, or write `cron` instead of `interval`.')]
      : [];
  }
  if (interval !== undefined)
    return [keyMistake(['cron'], 'expected either `interval` or `cron`, found both; remove one of them.')];
  if (typeof cron !== 'string') return [];
  const zone = timezone ?? (isJsonObject(defaults) ? defaults['timezone'] : undefined);
  const problem = calendar.validate(cron, typeof zone === 'string' && isTimezone(zone) ? zone : null);
  if (problem === null) return [];
  const message = `expected a cron expression such as \`*/5 * * * *\`: ${problem}`;
  return [{ path: ['cron'], at: 'value', message: message.endsWith('.') ? message : `${message}.` }];
}

function canaries(canary: Json | undefined): readonly { canary: Keys; path: Path }[] {
  const all = Array.isArray(canary) ? canary : [canary];
  return all.flatMap((each, index) => {
    if (!isJsonObject(each)) return [];
    return [{ canary: each, path: Array.isArray(canary) ? ['canary', index] : ['canary'] }];
  });
}

function checkCanary(canary: Keys, path: Path): readonly Mistake[] {
  const expectations = Array.isArray(canary['expect']) ? canary['expect'] : [];
  const found = expectations.flatMap((each, index) => checkExpectation(each, [...path, 'expect', index]));
  if ('tool' in canary && 'resource' in canary) {
    return [
      ...found,
      keyMistake(
        [...path, 'resource'],
        'expected either `tool` or `resource`, found both; make it a list of two canaries.',
      ),
    ];
  }
  if ('tool' in canary) return found;
  const onlyForTools = ['arguments', 'allow_destructive'].filter((key) => 'resource' in canary && key in canary);
  return [
    ...found,
    ...onlyForTools.map((key) =>
      keyMistake([...path, key], `\`${key}\` belongs to \`tool\`; a resource is read without it. Remove it.`),
    ),
  ];
}

/** Each canary names what to call, unless the one in `defaults` does. */
function checkCanaryTargets(entry: Keys, { defaults }: Surroundings): readonly Mistake[] {
  const inherited = isJsonObject(defaults) && isJsonObject(entry['canary']) ? defaults['canary'] : undefined;
  if (!('id' in entry) || (isJsonObject(inherited) && ('tool' in inherited || 'resource' in inherited))) return [];
  return canaries(entry['canary'])
    .filter(({ canary }) => !('tool' in canary || 'resource' in canary))
    .map(({ path }) => ({
      path,
      at: 'value',
      message: 'expected `tool` or `resource`, such as `{ tool: health_check }`, found neither.',
    }));
}

const WAYS = ['equals', 'contains', 'less', 'greater', 'exists'] as const;

function checkExpectation(expectation: Json, path: Path): readonly Mistake[] {
  if (!isJsonObject(expectation)) return [];
  const written = WAYS.filter((way) => way in expectation);
  if (written.length === 1) return [];
  const found = written.length === 0 ? 'none' : list(written).replace(' or ', ' and ');
  return [{ path, at: 'value', message: `expected one of ${list(WAYS)} beside \`path\`, found ${found}.` }];
}

function checkLatency(entry: Keys): readonly Mistake[] {
  const alerts = entry['alerts'];
  const rules = isJsonObject(alerts) && Array.isArray(alerts['latency']) ? alerts['latency'] : [];
  return rules.flatMap((rule: Json, index) => {
    if (!isJsonObject(rule)) return [];
    const { over = '1h', confirm_over: confirmOver } = rule;
    if (typeof over !== 'string' || typeof confirmOver !== 'string') return [];
    const [long, short] = [parseDuration(over), parseDuration(confirmOver)];
    if (long === null || short === null || short <= long) return [];
    const message = `expected a window no longer than \`over\` (${over}), found "${confirmOver}".`;
    return [{ path: ['alerts', 'latency', index, 'confirm_over'], at: 'value' as const, message }];
  });
}

function checkChannels(channels: Json | undefined, { channelIds: known, written }: Surroundings): readonly Mistake[] {
  if (!Array.isArray(channels)) return [];
  return channels.flatMap((id, index) => {
    if (typeof id !== 'string' || id === '' || known.includes(id)) return [];
    const guess = didYouMean(id, known);
    const help =
      guess !== ''
        ? guess
        : known.length === 0
          ? ' Add it under `channels:`.'
          : ` There are ${list(known).replace(' or ', ' and ')}.`;
    return [
      {
        path: ['channels', index],
        at: 'value' as const,
        message: `there is no channel \`${quoted(id, valueAtPath(written ?? null, ['channels', index]))}\`.${help}`,
      },
    ];
  });
}

/** A reference may stand for a secret in the wrong place. */
function quoted(value: string, written: Json | undefined): string {
  return (typeof written === 'string' ? written : value).slice(0, 64);
}

function checkAuthorization(entry: Keys): readonly Mistake[] {
  const headers = entry['headers'];
  if (!isJsonObject(headers) || !('auth' in entry)) return [];
  const name = Object.keys(headers).find((each) => each.toLowerCase() === 'authorization');
  return name === undefined
    ? []
    : [keyMistake(['headers', name], '`auth` already sends this header; remove one of the two.')];
}

function keyMistake(path: Path, message: string): Mistake {
  return { path, at: 'key', message };
}
