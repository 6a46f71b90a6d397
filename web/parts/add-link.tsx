import { Icon } from './icon.tsx';
import { useReturn } from './return.ts';

/** Leads to the form that adds one. `of`: where such entries are, which brings back whoever left the form. */
export function AddLink({
  href,
  what,
  kind = '',
  of = '',
}: {
  href: string;
  what: string;
  kind?: string;
  of?: string;
}) {
  return (
    <a ref={useReturn(of)} class={`button ${kind}`} href={href}>
      <Icon name="add" />
      Add {what}
    </a>
  );
}
