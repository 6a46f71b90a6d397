import { useState } from 'preact/hooks';
import { CopyBlock } from './copy.tsx';

/** What to copy to show how a server stands elsewhere. `url`: the status page that badges link to. */
export function Snippets({ url, servers }: { url: string; servers: readonly string[] }) {
  const [chosen, choose] = useState(servers[0] ?? '');
  const root = url.replace(/\/status\/[^/]*$/, '');
  const badge = `${root}/badge/${chosen}.svg`;
  return (
    <div class="settings">
      {servers.length > 1 && (
        <select aria-label="Badge of" value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
          {servers.map((id) => (
            <option key={id}>{id}</option>
          ))}
        </select>
      )}
      <p>
        <img src={`/badge/${chosen}.svg`} alt={`Badge of ${chosen}`} height="20" /> State. For uptime or P95 write{' '}
        <code>/uptime.svg</code> or <code>/p95.svg</code> instead of <code>.svg</code>.
      </p>
      <CopyBlock label="badge for Markdown" text={`[![${chosen}](${badge})](${url})`} />
      <CopyBlock
        label="embed for HTML"
        text={`<div data-alivemcp="${chosen}"></div>\n<script async src="${root}/embed.js"></script>`}
      />
    </div>
  );
}
