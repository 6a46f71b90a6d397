import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useDashboard } from '../context.ts';

/**
 * A link that opened a form: where the form was left by an address that ends in `#` and `name`, who types goes on from
 * the link, and the address is the page's own again.
 */
export function useReturn(name: string): RefObject<HTMLAnchorElement | null> {
  const { router } = useDashboard();
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (location.hash !== `#${name}`) return;
    if (document.activeElement === document.body) link.current?.focus();
    router.adjust({});
  }, [router.place.value]);
  return link;
}
