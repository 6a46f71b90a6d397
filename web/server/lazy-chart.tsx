import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useDashboard } from '../context.ts';
import type { ChartProps } from './chart.tsx';

type State =
  | { readonly kind: 'coming' }
  | { readonly kind: 'here'; readonly chart: ComponentType<ChartProps> }
  | { readonly kind: 'failed' };

/** The chart and its library, fetched when a server's page is opened. The figures above it do not depend on it. */
export function LazyChart(props: Omit<ChartProps, 'theme'>) {
  const { theme } = useDashboard();
  const [state, setState] = useState<State>({ kind: 'coming' });
  useEffect(() => {
    let here = true;
    import('./chart.tsx').then(
      ({ Chart }) => here && setState({ kind: 'here', chart: Chart }),
      () => here && setState({ kind: 'failed' }),
    );
    return () => {
      here = false;
    };
  }, []);
  if (state.kind === 'here') return <state.chart theme={theme.theme.value} {...props} />;
  return (
    <div class="chart-shape quiet">
      {state.kind === 'failed' && 'The chart could not be loaded. Reload the page to try again.'}
    </div>
  );
}
