import { type ReadonlySignal, signal } from '@preact/signals';

export interface Saying {
  readonly words: ReadonlySignal<string>;
  say(words: string): void;
}

const SHOWN_MS = 6_000;

export function createSaying(): Saying {
  const words = signal('');
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    words,
    say(next) {
      clearTimeout(timer);
      words.value = next;
      timer = setTimeout(() => {
        words.value = '';
      }, SHOWN_MS);
    },
  };
}

/** The one polite live region of the page. */
export function Said({ saying }: { saying: Saying }) {
  return (
    <div class="said" role="status" aria-live="polite">
      {saying.words.value !== '' && <p>{saying.words}</p>}
    </div>
  );
}
