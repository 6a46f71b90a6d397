import type { Tool } from '../../src/http/wire.ts';
import { at, mapOf, text } from '../parts/entry.ts';
import { ChoiceField, TextField } from '../parts/fields.tsx';
import { useFormState } from '../parts/form.tsx';
import { ArgumentFields } from './argument-fields.tsx';

const NAMES = { none: 'none: only the protocol is probed', tool: 'call a tool', resource: 'read a resource' } as const;

const WHY =
  'One real call on every probe. It finds servers that list their tools but cannot use them. Pick one that only reads.';

/** `tools`: what the last test found, to pick from; empty: the name is typed. */
export function CanaryField({ tools }: { tools: readonly Tool[] }) {
  const { stored, draft, put } = useFormState();
  const canary = draft['canary'];
  if (Array.isArray(canary)) {
    return (
      <p class="field quiet">
        This server has {canary.length} canaries. They stay as they are; to change them, send the list to the API or
        write it in the file.
      </p>
    );
  }
  const chosen = canary === undefined ? 'none' : 'resource' in mapOf(canary) ? 'resource' : 'tool';
  const choose = (kind: string) => {
    const { tool: _tool, resource: _resource, arguments: _arguments, ...more } = mapOf(stored['canary']);
    const first = kind === 'tool' ? 'health_check' : '';
    put('canary', kind === 'none' ? undefined : { ...more, [kind]: first });
  };
  return (
    <>
      <ChoiceField label="Canary" path="canary!" hint={WHY} options={NAMES} chosen={chosen} onChoose={choose} />
      {chosen === 'tool' && <ToolFields tools={tools} />}
      {chosen === 'resource' && (
        <TextField label="Resource" look="wide" path="canary.resource" placeholder="db://health/pool" />
      )}
    </>
  );
}

function ToolFields({ tools }: { tools: readonly Tool[] }) {
  const { draft, put } = useFormState();
  const tool = tools.find(({ name }) => name === at(draft, 'canary.tool'));
  const given = at(draft, 'canary.arguments');
  const write = (words: string) => put('canary.arguments', words);
  return (
    <>
      <TextField
        label="Tool"
        path="canary.tool"
        hint={tool?.description}
        placeholder="health_check"
        among={tools.map(({ name }) => name)}
      />
      {tool && <ArgumentFields schema={tool.input_schema} given={given} onChange={write} />}
      <TextField
        label="Arguments (JSON)"
        path="canary.arguments!"
        onInput={write}
        rows={3}
        placeholder="{}"
        value={text(given) || (given ? JSON.stringify(given, null, 2) : '')}
      />
    </>
  );
}
