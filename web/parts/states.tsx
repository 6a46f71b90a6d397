import type { ComponentChildren } from 'preact';
import type { ApiError } from '../api.ts';
import type { Loaded } from '../load.ts';

/** What a view shows before, instead of, and beside what it read. */
export function Shown<T>({
  of,
  what,
  lines = [],
  shape = <Lines widths={lines} />,
  children,
}: {
  of: Pick<Loaded<T>, 'value' | 'error' | 'reload'>;
  /** As in "The incidents could not be read". */
  what: string;
  /** Its shape until it is there: widths of lines in characters, or something drawn. */
  lines?: readonly number[];
  shape?: ComponentChildren;
  children: (value: T) => ComponentChildren;
}) {
  if (of.value === null)
    return of.error === null ? <Waiting>{shape}</Waiting> : <Failed what={what} error={of.error} retry={of.reload} />;
  return (
    <>
      {of.error !== null && <Failed what={what} error={of.error} retry={of.reload} />}
      {children(of.value)}
    </>
  );
}

/** The layout's own shape, seen only once 200 ms have passed. */
function Waiting({ children }: { children: ComponentChildren }) {
  return (
    <div class="waiting" role="status">
      <span class="hidden">Loading</span>
      <div aria-hidden="true">{children}</div>
    </div>
  );
}

/** Grey lines in place of text; widths in characters. */
export function Lines({ widths }: { widths: readonly number[] }) {
  return (
    <div class="shape-lines">
      {widths.map((width, index) => (
        <svg
          aria-hidden="true"
          key={index}
          class="shape"
          viewBox={`0 0 ${width} 1`}
          preserveAspectRatio="none"
          width={`${width}ch`}
          height="12"
        >
          <rect width={width} height="1" />
        </svg>
      ))}
    </div>
  );
}

export function Failed({ what, error, retry }: { what: string; error: ApiError; retry: (() => void) | null }) {
  return (
    <div class="notice-band bad" role="alert">
      <p>
        <strong>{what} could not be read.</strong> {error.message}
      </p>
      {retry !== null && (
        <button type="button" onClick={retry}>
          Retry
        </button>
      )}
    </div>
  );
}

/** What this is for, and the one next step. */
export function Empty({
  title,
  children,
  actions,
}: {
  title: string;
  children: ComponentChildren;
  actions?: ComponentChildren;
}) {
  return (
    <section class="empty">
      <h2>{title}</h2>
      <div class="quiet">{children}</div>
      {actions !== undefined && <div class="actions">{actions}</div>}
    </section>
  );
}
