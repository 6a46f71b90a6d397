import { useState } from 'preact/hooks';
import { Field } from '../parts/field.tsx';
import type { Draft } from './draft.ts';
import { type Found, readClientConfig } from './mcp-json.ts';

/** The first field: a URL, or the configuration of an MCP client to take one from. */
export function UrlField({
  draft,
  isNew,
  onChange,
}: {
  draft: Draft;
  isNew: boolean;
  onChange: (part: Partial<Draft>) => void;
}) {
  const [found, setFound] = useState<readonly Found[]>([]);
  const enter = (words: string) => {
    const servers = isNew ? readClientConfig(words) : null;
    if (servers === null) return onChange({ url: words.trim() });
    setFound(servers);
    const [first] = servers;
    return onChange(first?.kind === 'url' ? first.draft : { url: '' });
  };
  return (
    <>
      <Field
        label="MCP server"
        path="url"
        hint={isNew ? 'Paste the URL of its MCP endpoint, or an mcp.json.' : 'The URL of its MCP endpoint.'}
      >
        {(wiring) => (
          <input
            {...wiring}
            class="wide url"
            inputMode="url"
            spellcheck={false}
            autocomplete="off"
            placeholder="https://orders.example.com/mcp"
            value={draft.url}
            onInput={(event) => enter(event.currentTarget.value)}
          />
        )}
      </Field>
      {found.length > 0 && <FoundServers found={found} url={draft.url} onPick={onChange} />}
    </>
  );
}

function FoundServers({
  found,
  url,
  onPick,
}: {
  found: readonly Found[];
  url: string;
  onPick: (part: Partial<Draft>) => void;
}) {
  return (
    <div class="found">
      <p class="quiet small">In what you pasted:</p>
      <ul class="chips">
        {found.map((server) => (
          <li key={server.name}>
            {server.kind === 'url' ? (
              <button
                type="button"
                class="chip"
                aria-pressed={server.draft.url === url}
                onClick={() => onPick(server.draft)}
              >
                {server.name}
              </button>
            ) : (
              <span class="chip">{server.name}: started by a command, which this version cannot watch</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
