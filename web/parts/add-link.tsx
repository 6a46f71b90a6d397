import { Icon } from './icon.tsx';

/** Leads to the form that adds one. */
export function AddLink({ href, what, kind = '' }: { href: string; what: string; kind?: string }) {
  return (
    <a class={`button ${kind}`} href={href}>
      <Icon name="add" />
      Add {what}
    </a>
  );
}
