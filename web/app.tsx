import { useEffect, useRef } from 'preact/hooks';
import { useDashboard } from './context.ts';
import { AddPage, EditPage } from './edit/edit-page.tsx';
import { Overview } from './overview/overview.tsx';
import { AskDialog, type Asking } from './parts/ask.tsx';
import { Said, type Saying } from './parts/said.tsx';
import { Empty } from './parts/states.tsx';
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

function View({ path }: { path: string }) {
  const [room = '', id, action] = path.split('/').slice(1).map(decodeURIComponent);
  if (room === '' || (room === 'servers' && id === undefined)) return <Overview />;
  if (room === 'servers' && id === 'new') return <AddPage />;
  if (room === 'servers' && id !== undefined && action === 'edit') return <EditPage key={id} id={id} />;
  if (room === 'servers' && id !== undefined && action === undefined) return <ServerPage key={id} id={id} />;
  return (
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
  );
}
