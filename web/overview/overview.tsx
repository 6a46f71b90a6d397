import type { ServerRow } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { AddLink } from '../parts/add-link.tsx';
import { Cells } from '../parts/cells.tsx';
import { Empty, Lines, Shown } from '../parts/states.tsx';
import { useTitle } from '../parts/title.ts';
import { roots } from '../words.ts';
import { BrokenNow } from './broken.tsx';
import { Counts } from './counts.tsx';
import { readFilter, select } from './filters.ts';
import { Rows } from './rows.tsx';
import { Toolbar } from './toolbar.tsx';

export function Overview() {
  const { fleet } = useDashboard();
  const broken = roots(fleet.open.value).length;
  useTitle(broken === 0 ? 'Servers' : `${broken} broken`);
  return (
    <>
      <h1 class="hidden">Servers</h1>
      <Shown
        of={{ value: fleet.rows.value, error: fleet.error.value, reload: fleet.reload }}
        what="The list of servers"
        shape={<Shape />}
      >
        {(rows) => (rows.length === 0 ? <NoServers /> : <Servers rows={rows} />)}
      </Shown>
    </>
  );
}

function Servers({ rows }: { rows: readonly ServerRow[] }) {
  const { router, fleet } = useDashboard();
  const filter = readFilter(router.place.value.query);
  const selected = select(rows, filter);
  return (
    <>
      <Counts rows={rows} />
      <BrokenNow incidents={fleet.open.value} />
      <section aria-label="All servers">
        <Toolbar rows={rows} shown={selected} filter={filter} />
        {selected.length > 0 && <Rows rows={selected} grouped={filter.sort === 'tag'} />}
        {selected.length === 0 && (
          <Empty
            title="No server matches"
            actions={
              <a class="button" href="/">
                Show all {rows.length}
              </a>
            }
          >
            <p>None of the {rows.length} servers fits the filters above.</p>
          </Empty>
        )}
      </section>
    </>
  );
}

function NoServers() {
  return (
    <Empty title="Add your first server">
      <p>
        AliveMCP opens a session on an MCP server every minute, lists its tools and calls one of them, as an agent
        would. When that stops working it says at which layer, and why. All it needs is the server's URL.
      </p>
      <p class="next-step">
        <AddLink kind="primary" href="/servers/new" what="server" />
      </p>
      <h3>Watch the demo</h3>
      <p>Three MCP servers on this machine whose faults can be switched on, in a store that is thrown away:</p>
      <pre class="command">node dist/main.js demo</pre>
    </Empty>
  );
}

function Shape() {
  return (
    <>
      <Lines widths={[40]} />
      {[24, 18, 30, 22, 26].map((width) => (
        <div class="shape-row" key={width}>
          <Lines widths={[width]} />
          <Cells beats={'-'.repeat(48)} />
        </div>
      ))}
    </>
  );
}
