export interface ReadEvent {
  readonly id: string | null;
  readonly event: string | null;
  readonly data: unknown;
}

export interface EventReader {
  /** The next event with data; null at the end. */
  next(): Promise<ReadEvent | null>;
  /** Everything received so far that was no event: comments, ids, retry times. */
  readonly asides: string[];
}

/** Reads a stream of server-sent events as a browser does. */
export function readEvents(response: Response): EventReader {
  const body = response.body;
  if (body === null) throw new Error('the answer has no body');
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  const asides: string[] = [];
  const blocks: string[] = [];
  let rest = '';

  async function block(): Promise<string | null> {
    for (;;) {
      const first = blocks.shift();
      if (first !== undefined) return first;
      const { done, value } = await reader.read();
      if (done) return null;
      const parts = `${rest}${value}`.split('\n\n');
      rest = parts.pop() ?? '';
      blocks.push(...parts);
    }
  }

  return {
    asides,
    async next() {
      for (let text = await block(); text !== null; text = await block()) {
        const field = (name: string) =>
          text
            ?.split('\n')
            .find((line) => line.startsWith(`${name}: `))
            ?.slice(name.length + 2) ?? null;
        const data = field('data');
        if (data !== null) return { id: field('id'), event: field('event'), data: JSON.parse(data) };
        asides.push(text);
      }
      return null;
    },
  };
}
