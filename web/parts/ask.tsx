import { type Signal, signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export interface Question {
  readonly title: string;
  readonly body: ComponentChildren;
  /** The words on the button that does it. */
  readonly yes: string;
  /** null: there is only one way out. */
  readonly no?: string | null;
  readonly dangerous?: boolean;
}

interface Asked {
  readonly question: Question;
  readonly answer: (yes: boolean) => void;
}

export interface Asking {
  readonly asked: Signal<Asked | null>;
  ask(question: Question): Promise<boolean>;
}

export function createAsking(): Asking {
  const asked = signal<Asked | null>(null);
  return {
    asked,
    ask: (question) =>
      new Promise((resolve) => {
        asked.peek()?.answer(false);
        const answer = (yes: boolean) => {
          asked.value = null;
          resolve(yes);
        };
        asked.value = { question, answer };
      }),
  };
}

export function AskDialog({ asking }: { asking: Asking }) {
  const asked = asking.asked.value;
  return asked === null ? null : <Dialog asked={asked} />;
}

function Dialog({ asked }: { asked: Asked }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  const { question, answer } = asked;
  return (
    <dialog ref={element} class="ask" aria-labelledby="ask-title" onClose={() => answer(false)}>
      <h2 id="ask-title">{question.title}</h2>
      <div class="ask-body">{question.body}</div>
      <div class="actions end">
        {question.no !== null && (
          <button type="button" onClick={() => answer(false)}>
            {question.no ?? 'Cancel'}
          </button>
        )}
        <button type="button" class={question.dangerous ? 'danger' : 'primary'} onClick={() => answer(true)}>
          {question.yes}
        </button>
      </div>
    </dialog>
  );
}
