import { useState } from 'preact/hooks';
import type { PastedServers } from '../../src/http/wire.ts';
import { ApiError } from '../api.ts';
import { useDashboard } from '../context.ts';
import { text } from '../parts/entry.ts';
import { TextField } from '../parts/fields.tsx';
import { useFormState } from '../parts/form.tsx';

type Found = PastedServers['items'][number];

/** The first field: a URL, or a text in which the monitor finds servers. A text that it cannot read stays, with its lines. */
export function UrlField({ isNew }: { isNew: boolean }) {
  const { api } = useDashboard();
  const { draft, put, attempt } = useFormState();
  const [found, setFound] = useState<readonly Found[]>([]);
  const [chosen, choose] = useState<Found>();
  const url = text(draft['url']);
  const lines = url.split('\n').length;
  /** Whatever the others would give is none of this one's. */
  const take = (one: Found, others = found) => {
    choose(one);
    const keys = others.flatMap(({ entry }) => Object.keys(entry));
    for (const key of ['url', 'command', 'env', ...keys]) put(key, one.entry[key]);
    if (one.unresolved.length > 0) throw new ApiError('', 0, one.unresolved);
  };
  /** Whether this is no URL; it is then read. */
  const read = (words: string) => {
    const isOther = isNew && /^[{[]|\s/.test(words.trim());
    if (isOther)
      void attempt(async () => {
        const { items } = await api
          .send<PastedServers>('POST', '/entries/read', { text: words })
          .catch((error: unknown) => {
            put('url', words);
            throw error;
          });
        setFound(items);
        if (items[0]) take(items[0], [...found, ...items]);
      }, 'url');
    return isOther;
  };
  return (
    <>
      <TextField
        label="MCP server"
        path="url"
        hint={isNew && 'Paste the URL of its MCP endpoint, an mcp.json, its YAML, or a command.'}
        placeholder="https://orders.example.com/mcp"
        look="wide url"
        rows={lines > 1 ? lines : undefined}
        onInput={(words) => take({ title: '', entry: { url: words }, unresolved: [] }, [])}
        onChange={() => read(url)}
        onPaste={(words) => lines < 2 && read(words)}
      />
      {found.length > 0 && (
        <ul class="chips found" aria-label="In what you pasted">
          {found.map((one) => (
            <li key={one.title}>
              <button
                type="button"
                class="chip"
                aria-pressed={one === chosen}
                onClick={() => attempt(async () => take(one))}
              >
                {one.title}
                {one.entry['command'] !== undefined && ': a command, for the file only'}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
