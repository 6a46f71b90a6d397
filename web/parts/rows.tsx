import type { ComponentChildren } from 'preact';
import type { Tone } from '../words.ts';
import { Mark } from './mark.tsx';

/** Things that stand below one another, each with its mark, its words and what can be done with it. */
export function Row({
  tone,
  label,
  actions,
  after,
  children,
}: {
  tone: Tone;
  label: string;
  actions?: ComponentChildren;
  after?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <li>
      <Mark tone={tone} label={label} />
      <div>{children}</div>
      {actions && <div class="actions">{actions}</div>}
      {after}
    </li>
  );
}
