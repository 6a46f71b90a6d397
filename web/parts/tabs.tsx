import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { useDashboard } from '../context.ts';

interface Tab {
  readonly key: string;
  readonly name: string;
  readonly body: () => ComponentChildren;
}

/** Tabs whose choice is in the address (`?tab=`). Arrow keys move between them. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly [Tab, ...Tab[]] }) {
  const { router } = useDashboard();
  const list = useRef<HTMLDivElement>(null);
  const wanted = router.place.value.query.get('tab');
  const current = tabs.find((tab) => tab.key === wanted) ?? tabs[0];
  const choose = (tab: Tab) => router.adjust({ tab: tab === tabs[0] ? null : tab.key });

  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = step === 0 ? undefined : tabs.at((tabs.indexOf(current) + step) % tabs.length);
    if (next === undefined) return;
    event.preventDefault();
    choose(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next.key}`)?.focus();
  };

  return (
    <section class="tabs">
      <div role="tablist" aria-label={label} ref={list} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.key}
            type="button"
            role="tab"
            id={`tab-${tab.key}`}
            aria-selected={tab === current}
            aria-controls="tab-panel"
            tabIndex={tab === current ? 0 : -1}
            onClick={() => choose(tab)}
          >
            {tab.name}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${current.key}`}>
        {current.body()}
      </div>
    </section>
  );
}
