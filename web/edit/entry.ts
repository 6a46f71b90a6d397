import type { Complaint } from '../parts/complaint.ts';
import type { AuthDraft, CanaryDraft, Draft, Entry, Secret } from './draft.ts';
import { idFrom, isMap } from './draft.ts';

type Json = Entry[string];

/** The entry a draft stands for, as the configuration file would hold it. Kept secrets are `{ set: true }`. */
export function entryOf(draft: Draft, before: Entry | null): Entry {
  return {
    id: draft.id || idFrom(draft.name || draft.url),
    ...(draft.name === '' ? {} : { name: draft.name }),
    url: draft.url,
    ...(draft.headers.length === 0
      ? {}
      : { headers: Object.fromEntries(draft.headers.map(({ name, value }) => [name, secretValue(value)])) }),
    ...(draft.auth.type === 'none' ? {} : { auth: authValue(draft.auth) }),
    ...canaryValue(draft.canary, before?.['canary']),
    ...healthValue(draft.healthUrl, before?.['health_url']),
    ...(draft.every.text === '' ? {} : { [draft.every.kind]: draft.every.text }),
    ...(draft.channels === null ? {} : { channels: [...draft.channels] }),
    ...(draft.tags.trim() === '' ? {} : { tags: wordsIn(draft.tags) }),
    ...untouched(before),
  };
}

const SHOWN = ['id', 'name', 'url', 'headers', 'auth', 'canary', 'health_url', 'interval', 'cron', 'channels', 'tags'];

function untouched(before: Entry | null): Entry {
  return Object.fromEntries(Object.entries(before ?? {}).filter(([key]) => !SHOWN.includes(key)));
}

/** Each word once; commas part them, too. */
export function wordsIn(words: string): string[] {
  return [...new Set(words.split(/[,\s]+/).filter(Boolean))];
}

function secretValue({ kept, text }: Secret): Json {
  return kept ? { set: true } : text;
}

function authValue(auth: Exclude<AuthDraft, { type: 'none' }>): Json {
  if (auth.type === 'bearer') return { type: 'bearer', token: secretValue(auth.token) };
  if (auth.type === 'basic') return { type: 'basic', username: auth.username, password: secretValue(auth.password) };
  const { type, issuer, clientId, clientSecret, scope, more } = auth;
  return {
    type,
    issuer,
    client_id: clientId,
    ...('private_key' in more ? {} : { client_secret: secretValue(clientSecret) }),
    ...(scope === '' ? {} : { scope }),
    ...more,
  };
}

/** Keys of a canary that the form does not show (timeout, expectations) stay. */
function canaryValue(canary: CanaryDraft, before: Json | undefined): Entry {
  if (canary.kind === 'none') return {};
  if (canary.kind === 'several') return before === undefined ? {} : { canary: before };
  const old = isMap(before) ? before : {};
  const { tool: _tool, resource: _resource, arguments: _arguments, ...more } = old;
  if (canary.kind === 'resource') return { canary: { resource: canary.resource, ...more } };
  const args = argumentsOf(canary.arguments);
  return {
    canary: {
      tool: canary.tool,
      ...(Object.keys(args ?? {}).length === 0 ? {} : { arguments: args ?? {} }),
      ...more,
    },
  };
}

function healthValue(url: string, before: Json | undefined): Entry {
  if (url === '') return {};
  return { health_url: isMap(before) ? { ...before, ready: url } : url };
}

/** null: not a JSON object. */
export function argumentsOf(words: string): Entry | null {
  if (words.trim() === '') return {};
  try {
    const value: Json = JSON.parse(words);
    return isMap(value) ? value : null;
  } catch {
    return null;
  }
}

/** What can be seen to be wrong before the monitor is asked. */
export function mistakesOf(draft: Draft): Complaint[] {
  const mistakes: Complaint[] = [];
  if (draft.url === '')
    mistakes.push({ path: 'url', message: 'Give the address of the MCP endpoint, such as https://example.com/mcp.' });
  if (draft.canary.kind === 'tool' && argumentsOf(draft.canary.arguments) === null)
    mistakes.push({
      path: 'canary.arguments',
      message: 'This is not a JSON object. Write it as {"query": "select 1"}.',
    });
  const names = draft.headers.map(({ name }) => name.toLowerCase());
  const twice = draft.headers.find(({ name }, index) => names.indexOf(name.toLowerCase()) !== index);
  if (twice !== undefined)
    mistakes.push({ path: `headers.${twice.name}`, message: `The header ${twice.name} is there twice.` });
  return mistakes;
}

/** What changed, as a JSON merge patch (RFC 7396): keys that are gone are null, secrets that were kept are left out. */
export function patchOf(before: Entry, after: Entry): Entry {
  const patch: Record<string, Json> = {};
  for (const key of Object.keys(before)) if (!(key in after)) patch[key] = null;
  for (const [key, value] of Object.entries(after)) {
    const old = before[key];
    if (isSecret(value) || JSON.stringify(old) === JSON.stringify(value)) continue;
    patch[key] = isMap(old) && isMap(value) ? patchOf(old, value) : value;
  }
  return patch;
}

function isSecret(value: Json): boolean {
  return isMap(value) && value['set'] === true;
}

/** The entry with every secret hidden, typed ones too: what may be shown and copied. */
export function withoutSecrets(entry: Entry): Entry {
  const hidden = { set: true };
  const headers = entry['headers'];
  const auth = entry['auth'];
  return {
    ...entry,
    ...(isMap(headers) ? { headers: Object.fromEntries(Object.keys(headers).map((name) => [name, hidden])) } : {}),
    ...(isMap(auth)
      ? {
          auth: Object.fromEntries(
            Object.entries(auth).map(([key, value]) => [
              key,
              /token|password|secret|private/.test(key) ? hidden : value,
            ]),
          ),
        }
      : {}),
  };
}
