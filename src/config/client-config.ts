import type { Entry } from '../core/entries.ts';
import { isJsonObject, type Json } from '../core/json.ts';

/** Keys that our own entries do not have. */
const THEIRS = ['type', 'args', 'serverUrl', 'httpUrl'];

/** Whether a server is written as MCP clients write it, not as our configuration file does. */
export function isOfClient(server: Entry): boolean {
  return typeof server['command'] === 'string' || THEIRS.some((key) => key in server);
}

/** One server of a client's configuration as our entry; nothing where it has neither an address nor a command. */
export function clientServer(name: Json | undefined, server: Entry): readonly Entry[] {
  const { url, serverUrl, httpUrl, command, args, env, headers } = server;
  const called = typeof name === 'string' && name !== '' ? { name } : {};
  const address = [url, serverUrl, httpUrl].find((one) => typeof one === 'string' && one !== '');
  if (address !== undefined) return [{ ...called, url: address, ...(isJsonObject(headers) && { headers }) }];
  const words = [...listOf(command), ...(Array.isArray(args) ? args : [])].map(String);
  return words.length === 0 ? [] : [{ ...called, command: words, ...(isJsonObject(env) && { env }) }];
}

function listOf(command: Json | undefined): readonly Json[] {
  if (Array.isArray(command)) return command;
  return typeof command === 'string' && command !== '' ? [command] : [];
}
