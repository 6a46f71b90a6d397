import type { ComponentChildren } from 'preact';

/** A box that scrolls for itself, so it can be reached and scrolled by keyboard. */
export function Scroll({
  label,
  code = false,
  children,
}: {
  label: string;
  code?: boolean;
  children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus (WCAG 2.1.1)
    <section class="scroll" aria-label={label} tabIndex={0}>
      {code ? <pre>{children}</pre> : children}
    </section>
  );
}
