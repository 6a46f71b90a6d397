import type { Channel } from '../../src/http/wire.ts';
import { Field } from '../parts/field.tsx';

/** `chosen` null: those that `defaults` names. */
export function ChannelsField({
  channels,
  chosen,
  onChange,
}: {
  channels: readonly Channel[];
  chosen: readonly string[] | null;
  onChange: (chosen: readonly string[] | null) => void;
}) {
  const gone = (chosen ?? []).filter((id) => !channels.some((channel) => channel.id === id));
  const toggle = (id: string, on: boolean) =>
    onChange(on ? [...(chosen ?? []), id] : (chosen ?? []).filter((other) => other !== id));
  return (
    <Field group label="Tell" path="channels" hint="“Defaults” follows the channels named in the configuration file.">
      {(wiring) => (
        <div class="choices">
          <label>
            <input
              {...wiring}
              type="checkbox"
              checked={chosen === null}
              onChange={(event) => onChange(event.currentTarget.checked ? null : [])}
            />
            Defaults
          </label>
          {[
            ...channels.map(({ id, target }) => ({ id, target })),
            ...gone.map((id) => ({ id, target: 'no longer there' })),
          ].map(({ id, target }) => (
            <label key={id}>
              <input
                type="checkbox"
                checked={chosen?.includes(id) ?? false}
                onChange={(event) => toggle(id, event.currentTarget.checked)}
              />
              {id} <span class="quiet">{target}</span>
            </label>
          ))}
        </div>
      )}
    </Field>
  );
}
