import { ProblemError } from './problem.ts';
import type { App } from './room.ts';

/** Addresses of the contract that this version does not serve. */
const ABSENT = ['/api/v1/import', '/mcp'];

export function absentRoutes(app: App): void {
  for (const url of ABSENT)
    app.all(url, { schema: { hide: true } }, () => {
      throw new ProblemError(404, 'This is not in this version of AliveMCP.');
    });
}
