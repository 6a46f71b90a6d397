import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { concerns } from './complaint.ts';
import { at, type Json } from './entry.ts';
import { useFormState } from './form.tsx';
import { Ticked } from './ticked.tsx';

interface Wiring {
  readonly id: string;
  readonly 'aria-invalid'?: 'true';
  readonly 'aria-describedby'?: string;
}

export interface FieldProps {
  readonly label: string;
  /** The path in the entry, which complaints name. `headers` takes `headers.X`, too; `canary!` is exactly `canary`. */
  readonly path: string;
  readonly hint?: ComponentChildren;
}

/** What stands in the form's entry under a path, and how to put another value there. */
export function useAnswer(path: string): readonly [Json | undefined, (value: Json | undefined) => void] {
  const { draft, put } = useFormState();
  return [at(draft, path), (value) => put(path, value)];
}

/**
 * A label, its control, a hint, and what is wrong with it, tied together for those who cannot see. `group`: several
 * controls under one name; each has a name of its own, too.
 */
export function Field({
  label,
  path,
  hint,
  group = false,
  children,
}: FieldProps & { group?: boolean; children: (wiring: Wiring) => ComponentChildren }) {
  const { complaints, places } = useFormState();
  useEffect(() => {
    places.add(path);
    return () => places.delete(path);
  }, [path]);
  const Box = group ? 'fieldset' : 'div';
  // The monitor's words go on after the name of the key, which stands here as the label.
  const wrong = complaints
    .filter((complaint) => concerns(complaint.path, path))
    .map(({ message }) => message.replace(/^is /, 'This is '));
  const id = `field-${path.replace(/\W+/g, '-')}`;
  const described = [hint && `${id}-hint`, wrong.length > 0 && `${id}-error`].filter(Boolean).join(' ');
  return (
    <Box class="field">
      {group ? <legend>{label}</legend> : <label for={id}>{label}</label>}
      {children({
        id,
        ...(wrong.length > 0 && { 'aria-invalid': 'true' }),
        ...(described !== '' && { 'aria-describedby': described }),
      })}
      {wrong.length > 0 && (
        <p class="field-error" id={`${id}-error`}>
          <Ticked text={wrong.join(' ')} />
        </p>
      )}
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </Box>
  );
}
