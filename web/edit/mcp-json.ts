import { type Entry, isMap, mapOf, text } from '../parts/entry.ts';

/** One server of a client's configuration (`mcpServers` or `servers`). null: started by a command, nothing to reach over HTTP. */
export type Found = readonly [name: string, entry: Entry | null];

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
    const { url, serverUrl, command, headers } = mapOf(value);
    const address = text(url) || text(serverUrl);
    if (address === '') return text(command) === '' ? [] : [[name, null]];
    return [[name, { name, url: address, ...(isMap(headers) && { headers }) }]];
  });
}
