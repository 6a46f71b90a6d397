import { useState } from 'preact/hooks';
import type { Page, ServerDetail, Tool, ToolChange, Tools as ToolsAnswer } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { useLoad } from '../load.ts';
import { Do } from '../parts/do.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { Shown } from '../parts/states.tsx';
import { Moment } from '../parts/time.tsx';
import { serverPath } from '../paths.ts';
import { Differences } from './differences.tsx';

/** What the server lists, how that differs from what was accepted, and how it changed. */
export function Tools({ server, onAccepted }: { server: ServerDetail; onAccepted: () => void }) {
  const { api } = useDashboard();
  const path = `${serverPath(server.id)}/tools`;
  const read = useLoad(
    path,
    (_, signal) =>
      Promise.all([api.get<ToolsAnswer>(path, signal), api.get<Page<ToolChange>>(`${path}/changes?limit=50`, signal)]),
    `${server.tools_since}${server.signals.tools}`,
  );
  return (
    <Shown of={read} what="The tools" lines={[50, 50, 50]}>
      {([tools, changes]) => (
        <div class="tools">
          <Drift
            tools={tools}
            onAccepted={(accepted) => {
              read.put([accepted, changes]);
              onAccepted();
            }}
          />
          <ul class="tool-list" aria-label="Tools">
            {tools.items.map((tool, index) => (
              <ToolRow key={index} tool={tool} />
            ))}
          </ul>
          <h2>Changes</h2>
          {changes.items.length === 0 && (
            <p class="quiet">{tools.hash === null ? 'No list of tools was seen yet.' : 'None since the first list.'}</p>
          )}
          <ol class="tool-list">{changes.items.map(ChangeRow)}</ol>
        </div>
      )}
    </Shown>
  );
}

function Drift({ tools, onAccepted }: { tools: ToolsAnswer; onAccepted: (accepted: ToolsAnswer) => void }) {
  const { api } = useDashboard();
  const { drift, hash } = tools;
  if (drift === null) return null;
  const accept = async () => {
    onAccepted(await api.send<ToolsAnswer>('POST', `${serverPath(tools.server)}/tools/accept`, { hash }));
    return 'Accepted.';
  };
  return (
    <section class={`drift grade-${drift.grade}`} aria-label="Drift">
      <p>
        Against the tools accepted at <Moment at={tools.accepted_at} />:
      </p>
      <Differences of={drift} />
      <p class="actions">
        <Do name="Accept these tools" act={accept} />
      </p>
    </section>
  );
}

function ToolRow({ tool: { name, title, description, ...schemas } }: { tool: Tool }) {
  // A list may hold half a megabyte of schemas: only those looked at are drawn.
  const [isOpen, setOpen] = useState(false);
  return (
    <li>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <code>{name}</code> <span class="quiet tool-words">{title ?? description}</span>
        </summary>
        {isOpen && (
          <>
            <p class="tool-description">{description}</p>
            <Scroll label={`Schemas of ${name}`} code>
              {JSON.stringify(schemas, (_, value) => value ?? undefined, 2)}
            </Scroll>
          </>
        )}
      </details>
    </li>
  );
}

function ChangeRow(change: ToolChange) {
  return (
    <li key={change.id}>
      <details>
        <summary>
          <Moment at={change.at} />
          <span class={`grade grade-${change.grade}`}>{change.grade}</span>
          <span class="tool-words">{change.differences[0]?.message}</span>
        </summary>
        <Differences of={change} />
      </details>
    </li>
  );
}
