import type { ComponentChildren } from 'preact';
import { useAction } from '../action.ts';
import { useDashboard } from '../context.ts';
import type { Question } from './ask.tsx';
import { Icon, type IconName } from './icon.tsx';

/**
 * A button that does something and says what came of it. `name` is in "Pause did not work"; `act` resolves with what to
 * say; `first` is asked before.
 */
export function Do({
  name,
  busy = name,
  icon,
  kind = '',
  first,
  act,
  children = name,
}: {
  name: string;
  busy?: string;
  icon?: IconName;
  kind?: string;
  first?: Question;
  act: () => Promise<string>;
  children?: ComponentChildren;
}) {
  const { ask } = useDashboard();
  const { busy: running, run } = useAction();
  const start = async () => {
    if (first === undefined || (await ask(first))) await run(name, act);
  };
  return (
    <button type="button" class={kind} disabled={running !== null} onClick={start}>
      {icon && <Icon name={icon} />}
      {running === null ? children : busy}
    </button>
  );
}
