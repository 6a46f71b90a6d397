import { useState } from 'preact/hooks';
import type { Entry } from '../parts/entry.ts';
import { TextField } from '../parts/fields.tsx';
import { useFormState } from '../parts/form.tsx';
import { type Found, readClientConfig } from './mcp-json.ts';

/** The first field: a URL, or the configuration of an MCP client to take one from. */
export function UrlField({ isNew }: { isNew: boolean }) {
  const { draft, put } = useFormState();
  const [found, setFound] = useState<readonly Found[]>([]);
  const take = (entry: Entry | null) => {
    for (const key of ['name', 'url', 'headers']) put(key, entry?.[key]);
  };
  const enter = (words: string) => {
    const servers = isNew ? readClientConfig(words) : null;
    if (servers === null) return put('url', words.trim());
    setFound(servers);
    return take(servers[0]?.[1] ?? null);
  };
  return (
    <>
      <TextField
        label="MCP server"
        path="url"
        hint={isNew ? 'Paste the URL of its MCP endpoint, or an mcp.json.' : 'The URL of its MCP endpoint.'}
        placeholder="https://orders.example.com/mcp"
        look="wide url"
        onInput={enter}
      />
      {found.length > 0 && (
        <div class="found">
          <p class="quiet small">In what you pasted:</p>
          <ul class="chips">
            {found.map(([name, entry]) => (
              <li key={name}>
                {entry === null ? (
                  <span class="chip">{name}: started by a command, which only the configuration file can name</span>
                ) : (
                  <button
                    type="button"
                    class="chip"
                    aria-pressed={entry['url'] === draft['url']}
                    onClick={() => take(entry)}
                  >
                    {name}
                  </button>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
