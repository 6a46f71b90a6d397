import type { Tool } from '../../src/http/wire.ts';
import { Field } from '../parts/field.tsx';
import { ChoiceField, TextField } from '../parts/text-field.tsx';
import { ArgumentFields } from './argument-fields.tsx';
import type { CanaryDraft } from './draft.ts';

const KINDS: Readonly<Record<'none' | 'tool' | 'resource', CanaryDraft>> = {
  none: { kind: 'none' },
  tool: { kind: 'tool', tool: 'health_check', arguments: '' },
  resource: { kind: 'resource', resource: '' },
};

const NAMES = { none: 'none: only the protocol is probed', tool: 'call a tool', resource: 'read a resource' } as const;

const WHY =
  'One real call on every probe. It finds servers that list their tools but cannot use them. Pick one that reads and changes nothing.';

/** `tools`: what the last test found, to pick from; empty: the name is typed. */
export function CanaryField({
  canary,
  tools,
  onChange,
}: {
  canary: CanaryDraft;
  tools: readonly Tool[];
  onChange: (canary: CanaryDraft) => void;
}) {
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
      <ChoiceField label="Canary" path="canary!" hint={WHY} options={NAMES} chosen={canary.kind} onChoose={choose} />
      {canary.kind === 'tool' && <ToolFields canary={canary} tools={tools} onChange={onChange} />}
      {canary.kind === 'resource' && (
        <TextField
          wide
          label="Resource"
          path="canary.resource"
          placeholder="db://health/pool"
          value={canary.resource}
          onInput={(resource) => onChange({ ...canary, resource })}
        />
      )}
    </>
  );
}

function ToolFields({
  canary,
  tools,
  onChange,
}: {
  canary: Extract<CanaryDraft, { kind: 'tool' }>;
  tools: readonly Tool[];
  onChange: (canary: CanaryDraft) => void;
}) {
  const tool = tools.find(({ name }) => name === canary.tool);
  const write = (words: string) => onChange({ ...canary, arguments: words });
  return (
    <>
      <TextField
        label="Tool"
        path="canary.tool"
        hint={tool?.description ?? undefined}
        placeholder="health_check"
        value={canary.tool}
        among={tools.map(({ name }) => name)}
        onInput={(name) => onChange({ ...canary, tool: name })}
      />
      {tool && <ArgumentFields schema={tool.input_schema} words={canary.arguments} onChange={write} />}
      <Field label="Arguments (JSON)" path="canary.arguments">
        {(wiring) => (
          <textarea
            {...wiring}
            class="mono"
            rows={3}
            spellcheck={false}
            placeholder="{}"
            value={canary.arguments}
            onInput={(event) => write(event.currentTarget.value)}
          />
        )}
      </Field>
    </>
  );
}
