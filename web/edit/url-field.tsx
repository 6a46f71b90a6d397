import { useState } from 'preact/hooks';
import type { Entry } from '../parts/entry.ts';
import { TextField } from '../parts/fields.tsx';
import { useFormState } from '../parts/form.tsx';
import { type Found, readClientConfig } from './mcp-json.ts';

/** The first field: a URL, or the configuration of an MCP client to take one from. */
export function UrlField({ isNew }: { isNew: boolean }) {
  const { draft, put } = useFormState();
  const [found, setFound] = useState<readonly Found[]>([]);
  const take = (entry: Entry | undefined, keys = ['name', 'url', 'headers', 'command', 'env']) => {
    for (const key of keys) put(key, entry?.[key]);
  };
  const enter = (words: string) => {
    const servers = isNew ? readClientConfig(words) : null;
    if (servers === null) return take({ url: words.trim() }, ['url', 'command', 'env']);
    setFound(servers);
    return take(servers[0]?.[1]);
  };
  return (
    <>
      <TextField
        label="MCP server"
        path="url"
        hint={isNew ? 'Paste the URL of its MCP endpoint, or an mcp.json.' : ''}
        placeholder="https://orders.example.com/mcp"
        look="wide url"
        onInput={enter}
      />
      {found.length > 0 && (
        <ul class="chips found" aria-label="In what you pasted">
          {found.map(([name, entry]) => (
            <li key={name}>
              <button type="button" class="chip" aria-pressed={name === draft['name']} onClick={() => take(entry)}>
                {name}
                {entry['command'] !== undefined && ': a command, for the file only'}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
