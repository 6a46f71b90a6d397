import { type Draft, EMPTY, isMap, text } from './draft.ts';

/** One server of a client's configuration (`mcpServers` or `servers`) as this form can take it. */
export type Found =
  | { readonly kind: 'url'; readonly name: string; readonly draft: Draft }
  /** Started by a command: nothing to reach over HTTP. */
  | { readonly kind: 'command'; readonly name: string };

/** The servers named in a pasted client configuration; null when the text is not one. */
export function readClientConfig(words: string): readonly Found[] | null {
  if (!words.trimStart().startsWith('{')) return null;
  let parsed: Parameters<typeof isMap>[0];
  try {
    parsed = JSON.parse(words);
  } catch {
    return null;
  }
  if (!isMap(parsed)) return null;
  const servers = parsed['mcpServers'] ?? parsed['servers'];
  if (!isMap(servers)) return null;
  return Object.entries(servers).flatMap(([name, entry]): readonly Found[] => {
    if (!isMap(entry)) return [];
    const url = text(entry['url']) || text(entry['serverUrl']);
    if (url === '') return text(entry['command']) === '' ? [] : [{ kind: 'command', name }];
    const headers = isMap(entry['headers']) ? Object.entries(entry['headers']) : [];
    const filled = headers.map(([header, value]) => ({ name: header, value: { kept: false, text: text(value) } }));
    return [{ kind: 'url', name, draft: { ...EMPTY, name, url, headers: filled } }];
  });
}
