import { useEffect, useRef } from 'preact/hooks';
import type { ServerRow } from '../../src/http/wire.ts';
import { useDashboard } from '../context.ts';
import { AddLink } from '../parts/add-link.tsx';
import { Options } from '../parts/options.tsx';
import { href } from './address.ts';
import { Bulk } from './bulk.tsx';
import { type Filter, isBroken, SORTS, tagsOf } from './filters.ts';

/** Tags beyond these are found through the search field. */
const TAGS_SHOWN = 8;

export function Toolbar({
  rows,
  shown,
  filter,
}: {
  rows: readonly ServerRow[];
  shown: readonly ServerRow[];
  filter: Filter;
}) {
  const { router, fleet } = useDashboard();
  const demo = fleet.summary.value?.demo_url ?? null;
  return (
    <div class="toolbar">
      <Chips rows={rows} filter={filter} />
      <SearchField text={filter.text} />
      <label class="sort">
        <span>sort</span>
        <select
          value={filter.sort}
          onChange={(event) =>
            router.adjust({ sort: event.currentTarget.value === 'state' ? null : event.currentTarget.value })
          }
        >
          <Options of={SORTS} />
        </select>
      </label>
      <Bulk rows={shown} />
      <span class="toolbar-end">
        {demo !== null && (
          <a class="button" href={demo} target="_blank" rel="noopener">
            Break the demo
          </a>
        )}
        <AddLink kind="primary" href="/servers/new" what="server" />
      </span>
    </div>
  );
}

function Chips({ rows, filter }: { rows: readonly ServerRow[]; filter: Filter }) {
  const { query } = useDashboard().router.place.value;
  const tags = tagsOf(rows);
  const shown = tags.slice(0, TAGS_SHOWN).filter(({ tag }) => tag !== filter.tag);
  const none = filter.state === null && filter.tag === null;
  return (
    <ul class="chips" aria-label="Filters">
      <Chip href={href(query, { state: null, tag: null })} name="all" count={rows.length} on={none} />
      <Chip
        href={href(query, { state: filter.state === 'broken' ? null : 'broken' })}
        name="broken"
        count={rows.filter(isBroken).length}
        on={filter.state === 'broken'}
      />
      {filter.tag !== null && <Chip href={href(query, { tag: null })} name={filter.tag} on />}
      {shown.map(({ tag, count }) => (
        <Chip key={tag} href={href(query, { tag })} name={tag} count={count} on={false} />
      ))}
    </ul>
  );
}

function Chip({ href, name, count, on }: { href: string; name: string; count?: number; on: boolean }) {
  return (
    <li>
      <a class="chip" href={href} aria-current={on ? 'true' : undefined}>
        {name}
        {count !== undefined && <span class="chip-count">{count}</span>}
      </a>
    </li>
  );
}

const KEYS = {
  title: 'Keys',
  body: (
    <p>
      <kbd>/</kbd> search · <kbd>↓</kbd> <kbd>↑</kbd> from server to server · <kbd>Enter</kbd> open · <kbd>?</kbd> this
    </p>
  ),
  yes: 'Close',
  no: null,
};

function SearchField({ text }: { text: string }) {
  const { router, ask } = useDashboard();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === '?') void ask(KEYS);
      if (event.key === 'ArrowDown') document.querySelector<HTMLElement>('.servers th a')?.focus();
      if (event.key !== '/') return;
      event.preventDefault();
      field.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const change = (value: string) => router.adjust({ q: value === '' ? null : value });
  return (
    <label class="search">
      <span class="hidden">Search servers</span>
      <input
        ref={field}
        type="search"
        value={text}
        placeholder="Search"
        onInput={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && change('')}
      />
      <span class="slash" aria-hidden="true">
        /
      </span>
    </label>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches('input, textarea, select');
}
