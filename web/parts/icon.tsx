/** Drawn on one grid of 16, strokes of 1.5. */
const PATHS = {
  add: 'M8 3v10M3 8h10',
  contrast: 'M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 1 1 0 11',
  arrow: 'M3 8h10M9 4l4 4-4 4',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  copy: 'M6 5.5h7v8H6zM3.5 10.5h-1v-8h7v1',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  dash: 'M4 8h8',
  probe: 'M1.5 9h3l2-5 3 8 1.8-3h3.2',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.5v9l7.5-4.5z',
  edit: 'M3 13l.6-2.8L10.8 3l2.2 2.2L5.8 12.4z',
  bin: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.7 9h5.6l.7-9',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
      {name === 'contrast' && <path class="filled" d="M8 2.5a5.5 5.5 0 1 0 0 11z" />}
    </svg>
  );
}
