import { type ReadonlySignal, signal } from '@preact/signals';

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Asked before the place is left; resolves with false to stay. */
export type Guard = () => Promise<boolean>;

export interface Router {
  readonly place: ReadonlySignal<Place>;
  go(href: string): void;
  /** Changes the query in place: filters and windows do not fill the history. */
  adjust(changes: Readonly<Record<string, string | null>>): void;
  /** At most one guard stands at a time; the returned function takes it away. */
  protect(guard: Guard): () => void;
}

/** Addresses of the page, over the browser's history. Every link stays a real link; clicks on ours are served here. */
export function createRouter(): Router {
  const place = signal(here());
  let guard: Guard | null = null;
  let shown = currentHref();

  const arrive = () => {
    shown = currentHref();
    place.value = here();
  };
  const mayLeave = async () => guard === null || (await guard());

  async function go(href: string): Promise<void> {
    const target = new URL(href, location.href);
    if (target.pathname !== location.pathname && !(await mayLeave())) return;
    if (target.pathname !== location.pathname) guard = null;
    history.pushState(null, '', target);
    arrive();
    scrollTo(0, 0);
  }

  addEventListener('popstate', async () => {
    const target = currentHref();
    if (guard !== null) {
      history.pushState(null, '', shown);
      if (!(await mayLeave())) return;
      guard = null;
      history.replaceState(null, '', target);
    }
    arrive();
  });
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || !isOurs(link, event)) return;
    event.preventDefault();
    void go(link.href);
  });
  addEventListener('beforeunload', (event) => {
    if (guard !== null) event.preventDefault();
  });

  return {
    place,
    go: (href) => void go(href),
    adjust(changes) {
      const target = new URL(currentHref(), location.href);
      for (const [key, value] of Object.entries(changes)) {
        if (value === null) target.searchParams.delete(key);
        else target.searchParams.set(key, value);
      }
      history.replaceState(null, '', target);
      arrive();
    },
    protect(next) {
      guard = next;
      return () => {
        if (guard === next) guard = null;
      };
    },
  };
}

function here(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

function currentHref(): string {
  return location.pathname + location.search;
}

/** Ours are the pages of the dashboard; the API, badges and the demo's page are not. */
function isOurs(link: HTMLAnchorElement, event: MouseEvent): boolean {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return false;
  if (link.origin !== location.origin || link.target !== '' || link.hasAttribute('download')) return false;
  if (link.hash !== '' && link.pathname + link.search === location.pathname + location.search) return false;
  return /^\/(servers|incidents|channels|monitor)?(\/|$)/.test(link.pathname);
}
