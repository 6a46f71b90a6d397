import type { ComponentChildren } from 'preact';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { type Complaint, concerns } from './complaint.ts';

/** What was said against the form's fields. */
export const Complaints = createContext<readonly Complaint[]>([]);

interface Wiring {
  readonly id: string;
  readonly 'aria-invalid'?: 'true';
  readonly 'aria-describedby'?: string;
}

interface FieldProps {
  readonly label: string;
  /** The path in the entry, which complaints name. `headers` takes `headers.X`, too; `canary!` is exactly `canary`. */
  readonly path: string;
  readonly hint?: ComponentChildren;
  /** Several controls under one name; each has a name of its own, too. */
  readonly group?: boolean;
  readonly children: (wiring: Wiring) => ComponentChildren;
}

/** A label, its control, a hint, and what is wrong with it, tied together for those who cannot see. */
export function Field({ label, path, hint, group = false, children }: FieldProps) {
  const Box = group ? 'fieldset' : 'div';
  const complaints = useContext(Complaints).filter((complaint) => concerns(complaint.path, path));
  const id = `field-${path.replace(/\W+/g, '-')}`;
  const described = [hint === undefined ? '' : `${id}-hint`, complaints.length === 0 ? '' : `${id}-error`]
    .join(' ')
    .trim();
  return (
    <Box class="field">
      {group ? <legend>{label}</legend> : <label for={id}>{label}</label>}
      {children({
        id,
        ...(complaints.length === 0 ? {} : { 'aria-invalid': 'true' as const }),
        ...(described === '' ? {} : { 'aria-describedby': described }),
      })}
      {complaints.length > 0 && (
        <p class="field-error" id={`${id}-error`}>
          {complaints.map(({ message }) => message).join(' ')}
        </p>
      )}
      {hint !== undefined && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </Box>
  );
}
