import { type Entry, isMap, mapOf, text } from '../parts/entry.ts';

/** One server of a client's configuration (`mcpServers` or `servers`) as an entry, with a URL or with a command. */
export type Found = readonly [name: string, entry: Entry];

/** The servers named in a pasted client configuration; null when the text is not one. */
export function readClientConfig(words: string): readonly Found[] | null {
  if (!words.trimStart().startsWith('{')) return null;
  let parsed: Entry;
  try {
    parsed = JSON.parse(words);
  } catch {
    return null;
  }
  const servers = parsed['mcpServers'] ?? parsed['servers'];
  if (!isMap(servers)) return null;
  return Object.entries(servers).flatMap(([name, value]): readonly Found[] => {
    const { url, serverUrl, command, args, env, headers } = mapOf(value);
    const address = text(url) || text(serverUrl);
    if (address !== '') return [[name, { name, url: address, ...(isMap(headers) && { headers }) }]];
    if (text(command) === '') return [];
    const words = [text(command), ...(Array.isArray(args) ? args : [])];
    return [[name, { name, command: words, ...(isMap(env) && { env }) }]];
  });
}
