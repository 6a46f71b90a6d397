import type { ComponentChildren } from 'preact';

/** A part of a page under its heading. `beside`: what stands on the heading's line. */
export function Section({
  title,
  kind = 'section',
  beside,
  children,
}: {
  title: string;
  kind?: string;
  beside?: ComponentChildren;
  children: ComponentChildren;
}) {
  const id = `${title.replace(/\W+/g, '-').toLowerCase()}-title`;
  const heading = <h2 id={id}>{title}</h2>;
  return (
    <section class={kind} aria-labelledby={id}>
      {beside === undefined ? (
        heading
      ) : (
        <div class={kind === 'panel' ? 'panel-head' : 'title-line'}>
          {heading}
          {beside}
        </div>
      )}
      {children}
    </section>
  );
}
