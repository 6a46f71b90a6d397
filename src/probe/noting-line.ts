import type { Line } from './dispatcher.ts';

/** A line that tells the status of every answer as its head comes. */
export function notingLine(line: Line, note: (status: number) => void): Line {
  return {
    ...line,
    start: (request, events) =>
      line.start(request, {
        ...events,
        head(status, headers) {
          note(status);
          events.head(status, headers);
        },
      }),
  };
}
