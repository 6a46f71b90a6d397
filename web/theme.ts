import { type ReadonlySignal, signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

const KEY = 'alivemcp.theme';

export interface ThemeSwitch {
  readonly theme: ReadonlySignal<Theme>;
  flip(): void;
}

/** Follows the system until the person chooses; the choice is remembered, and forgotten when it equals the system's. */
export function createTheme(): ThemeSwitch {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const ofSystem = (): Theme => (system.matches ? 'dark' : 'light');
  const theme = signal<Theme>(remembered() ?? ofSystem());
  const apply = (next: Theme) => {
    theme.value = next;
    document.documentElement.dataset['theme'] = next;
  };
  apply(theme.value);
  system.addEventListener('change', () => {
    if (remembered() === null) apply(ofSystem());
  });
  return {
    theme,
    flip() {
      apply(theme.value === 'dark' ? 'light' : 'dark');
      remember(theme.value === ofSystem() ? null : theme.value);
    },
  };
}

// Storage may be forbidden; the switch then lasts as long as the page.
function remembered(): Theme | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : null;
  } catch {
    return null;
  }
}

function remember(theme: Theme | null): void {
  try {
    if (theme === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    return;
  }
}
