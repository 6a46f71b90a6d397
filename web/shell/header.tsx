import { useDashboard } from '../context.ts';
import { Icon } from '../parts/icon.tsx';
import { roots } from '../words.ts';

const PAGES = [
  { href: '/', name: 'Servers', rooms: ['', 'servers'] },
  { href: '/incidents', name: 'Incidents', rooms: ['incidents'] },
  { href: '/channels', name: 'Channels', rooms: ['channels'] },
  { href: '/monitor', name: 'Monitor', rooms: ['monitor'] },
] as const;

export function Header() {
  const { router, theme, fleet } = useDashboard();
  const room = router.place.value.path.split('/')[1] ?? '';
  const open = roots(fleet.open.value).length;
  const dark = theme.theme.value === 'dark';
  return (
    <header class="top">
      <div class="top-inner">
        <a class="brand" href="/" aria-label="AliveMCP, all servers">
          AliveMCP
        </a>
        <nav aria-label="Pages">
          <ul>
            {PAGES.map((page) => (
              <li key={page.href}>
                <a href={page.href} aria-current={page.rooms.some((name) => name === room) ? 'page' : undefined}>
                  {page.name}
                  {page.href === '/incidents' && open > 0 && (
                    <span class="count">
                      {open}
                      <span class="hidden"> open</span>
                    </span>
                  )}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <button
          type="button"
          class="plain icon-only"
          onClick={() => theme.flip()}
          title={dark ? 'Light colours' : 'Dark colours'}
        >
          <Icon name="contrast" />
          <span class="hidden">{dark ? 'Switch to light colours' : 'Switch to dark colours'}</span>
        </button>
      </div>
    </header>
  );
}
