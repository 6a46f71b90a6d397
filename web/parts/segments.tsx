/** A small choice of one among few, each a button that stays pressed. */
export function Segments<T extends string>({
  label,
  options,
  chosen,
  onChoose,
}: {
  label: string;
  options: readonly { readonly key: T; readonly name: string }[];
  chosen: T;
  onChoose: (key: T) => void;
}) {
  return (
    <fieldset class="segments">
      <legend class="hidden">{label}</legend>
      {options.map(({ key, name }) => (
        <button key={key} type="button" aria-pressed={key === chosen} onClick={() => onChoose(key)}>
          {name}
        </button>
      ))}
    </fieldset>
  );
}
