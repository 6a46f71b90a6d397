import { useLayoutEffect, useRef } from 'preact/hooks';
import { useDashboard } from '../context.ts';

/** While there are changes, leaving the page asks first. The returned function lets go. */
export function useGuard(changed: boolean): () => void {
  const { router, ask } = useDashboard();
  const release = useRef<() => void>(() => undefined);
  useLayoutEffect(() => {
    if (!changed) return;
    release.current = router.protect(() =>
      ask({
        title: 'Leave without saving?',
        body: <p>What you entered here is not saved yet.</p>,
        yes: 'Leave',
        no: 'Stay',
        dangerous: true,
      }),
    );
    return () => release.current();
  }, [changed, router, ask]);
  return () => release.current();
}
