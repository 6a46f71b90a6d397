import { ProblemError } from './problem.ts';
import type { App } from './room.ts';

/** Deeper than any entry, and shallow enough to be walked by recursion (the limit of the probe, too). */
const MAX_DEPTH = 64;

/** Bodies are JSON, or JSON merge patches (RFC 7396), and nothing else. */
export function acceptJson(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'string' },
    (request, body, done) => {
      if (isTooDeep(String(body))) done(new ProblemError(400, `The body nests deeper than ${MAX_DEPTH} levels.`));
      else void parse(request, String(body), done);
    },
  );
}

/** Counts brackets outside of strings, before anything recursive sees the text. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const sign of text.replace(/"(?:[^"\\]|\\.)*"/gs, '')) {
    if (sign === '{' || sign === '[') depth += 1;
    if (sign === '}' || sign === ']') depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}
