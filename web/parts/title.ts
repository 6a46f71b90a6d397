import { useEffect } from 'preact/hooks';

/** The window's title: what the view shows, then whose it is. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · AliveMCP`;
  }, [title]);
}
