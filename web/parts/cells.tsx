const CELLS = 48;
const WIDTH = 4;
const GAP = 1;
const HEIGHT = 20;

/**
 * Letter, tone, words where the tone's name is none, and height above the ground line: what is bad stands taller, so that
 * the row can be read without colour.
 */
const KINDS: readonly (readonly [letter: string, tone: string, top: number, word?: string])[] = [
  ['u', 'up', 8],
  ['g', 'degraded', 4],
  ['d', 'down', 0],
  ['a', 'auth', 4, 'without credentials or rate limited'],
  ['p', 'paused', 17],
  ['n', 'unknown', 18, 'not monitored'],
  ['-', 'unknown', 18],
];

/** The last 24 h as half hours, one path per state, so that a long list stays light. */
export function Cells({ beats }: { beats: string }) {
  const words = describe(beats);
  return (
    <svg
      class="cells"
      viewBox={`0 0 ${CELLS * (WIDTH + GAP) - GAP} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={words}
    >
      <title>{words}</title>
      {KINDS.map(([letter, tone, top]) => {
        const path = bars(beats, letter, top);
        return path === '' ? null : <path key={letter} class={tone} d={path} />;
      })}
    </svg>
  );
}

function bars(beats: string, letter: string, top: number): string {
  return Array.from(beats, (beat, index) =>
    beat === letter ? `M${index * (WIDTH + GAP)} ${top}h${WIDTH}V${HEIGHT}h-${WIDTH}z` : '',
  ).join('');
}

function describe(beats: string): string {
  const hours = KINDS.map(([letter, tone, , word = tone]) => ({ word, count: beats.split(letter).length - 1 }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count / 2} h ${word}`);
  return `Last 24 h: ${hours.join(', ') || 'nothing known'}`;
}
