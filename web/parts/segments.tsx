/** A small choice of one among few, each a button that stays pressed. */
export function Segments({
  label,
  options,
  chosen,
  onChoose,
}: {
  label: string;
  options: Readonly<Record<string, string>>;
  chosen: string;
  onChoose: (key: string) => void;
}) {
  return (
    <fieldset class="segments">
      <legend class="hidden">{label}</legend>
      {Object.entries(options).map(([key, name]) => (
        <button key={key} type="button" aria-pressed={key === chosen} onClick={() => onChoose(key)}>
          {name}
        </button>
      ))}
    </fieldset>
  );
}
