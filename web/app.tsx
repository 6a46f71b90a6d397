import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ChannelsPage } from './channels/channels-page.tsx';
import { useDashboard } from './context.ts';
import { AddPage, EditPage } from './edit/edit-page.tsx';
import { IncidentPage } from './incidents/incident-page.tsx';
import { IncidentsPage } from './incidents/incidents-page.tsx';
import { MonitorPage } from './monitor/monitor-page.tsx';
import { Overview } from './overview/overview.tsx';
import { AskDialog, type Asking } from './parts/ask.tsx';
import { Said, type Saying } from './parts/said.tsx';
import { Empty } from './parts/states.tsx';
import { useTitle } from './parts/title.ts';
import { ServerPage } from './server/server-page.tsx';
import { Banners } from './shell/banners.tsx';
import { Footer } from './shell/footer.tsx';
import { Header } from './shell/header.tsx';

export function App({ asking, saying }: { asking: Asking; saying: Saying }) {
  const { path } = useDashboard().router.place.value;
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);

  // A new page is read from its beginning; the first one is left to the browser.
  useEffect(() => {
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [path]);

  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Header />
      <main id="main" ref={main} tabIndex={-1}>
        <Banners />
        <View path={path} />
      </main>
      <Footer />
      <Said saying={saying} />
      <AskDialog asking={asking} />
    </>
  );
}

/** The first line whose pattern fits the path; a group of it is the id. */
const VIEWS: readonly { readonly pattern: RegExp; readonly view: (id: string) => VNode }[] = [
  { pattern: /^\/(?:servers)?$/, view: () => <Overview /> },
  { pattern: /^\/servers\/new$/, view: () => <AddPage /> },
  // Incidents about the monitor itself name it as the server `_monitor`.
  { pattern: /^\/(servers\/_)?monitor$/, view: () => <MonitorPage /> },
  { pattern: /^\/servers\/([^/]+)$/, view: (id) => <ServerPage key={id} id={id} /> },
  { pattern: /^\/servers\/([^/]+)\/edit$/, view: (id) => <EditPage key={id} id={id} /> },
  { pattern: /^\/incidents$/, view: () => <IncidentsPage /> },
  { pattern: /^\/incidents\/([^/]+)$/, view: (id) => <IncidentPage key={id} id={id} /> },
  { pattern: /^\/channels$/, view: () => <ChannelsPage /> },
];

function View({ path }: { path: string }) {
  const plain = path.replace(/(.)\/$/, '$1');
  for (const { pattern, view } of VIEWS) {
    const match = pattern.exec(plain);
    if (match !== null) return view(decoded(match[1] ?? ''));
  }
  return <Nowhere path={path} />;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function Nowhere({ path }: { path: string }) {
  useTitle('Nothing is here');
  return (
    <>
      <h1 class="hidden">Nothing is here</h1>
      <Empty
        title="Nothing is here"
        actions={
          <a class="button" href="/">
            All servers
          </a>
        }
      >
        <p>The address {path} leads to no page of this dashboard.</p>
      </Empty>
    </>
  );
}
