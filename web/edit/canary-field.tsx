import { Field } from '../parts/field.tsx';
import type { CanaryDraft } from './draft.ts';

const KINDS: Readonly<Record<'none' | 'tool' | 'resource', CanaryDraft>> = {
  none: { kind: 'none' },
  tool: { kind: 'tool', tool: 'health_check', arguments: '' },
  resource: { kind: 'resource', resource: '' },
};

export function CanaryField({ canary, onChange }: { canary: CanaryDraft; onChange: (canary: CanaryDraft) => void }) {
  if (canary.kind === 'several') {
    return (
      <p class="field quiet">
        This server has {canary.count} canaries. They stay as they are; to change them, send the list to the API or
        write it in the file.
      </p>
    );
  }
  const choose = (kind: string) => onChange(kind === 'tool' || kind === 'resource' ? KINDS[kind] : KINDS.none);
  return (
    <>
      <Field
        label="Canary"
        path="canary"
        exactly
        hint="One real call on every probe. It finds servers that list their tools but cannot use them. Pick one that reads and changes nothing."
      >
        {(wiring) => (
          <select {...wiring} value={canary.kind} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="none">none: only the protocol is probed</option>
            <option value="tool">call a tool</option>
            <option value="resource">read a resource</option>
          </select>
        )}
      </Field>
      {canary.kind === 'tool' && <ToolFields canary={canary} onChange={onChange} />}
      {canary.kind === 'resource' && (
        <Field label="Resource" path="canary.resource">
          {(wiring) => (
            <input
              {...wiring}
              class="wide"
              spellcheck={false}
              placeholder="db://health/pool"
              value={canary.resource}
              onInput={(event) => onChange({ ...canary, resource: event.currentTarget.value })}
            />
          )}
        </Field>
      )}
    </>
  );
}

type ToolDraft = Extract<CanaryDraft, { kind: 'tool' }>;

function ToolFields({ canary, onChange }: { canary: ToolDraft; onChange: (canary: CanaryDraft) => void }) {
  return (
    <div class="field-pair">
      <Field label="Tool" path="canary.tool">
        {(wiring) => (
          <input
            {...wiring}
            spellcheck={false}
            placeholder="health_check"
            value={canary.tool}
            onInput={(event) => onChange({ ...canary, tool: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label="Arguments (JSON)" path="canary.arguments">
        {(wiring) => (
          <textarea
            {...wiring}
            class="mono"
            rows={3}
            spellcheck={false}
            placeholder="{}"
            value={canary.arguments}
            onInput={(event) => onChange({ ...canary, arguments: event.currentTarget.value })}
          />
        )}
      </Field>
    </div>
  );
}
