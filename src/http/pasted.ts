import { ProblemError } from './problem.ts';
import type { App, Room } from './room.ts';
import { PasteBody } from './schema-request.ts';
import { PastedServers } from './schema-server.ts';

/**
 * `POST /entries/read`: the servers in a text that a person pasted, as entries; nothing is kept. What is wrong with the
 * text is one sentence, with its line.
 */
export function pastedRoutes(app: App, { readPasted }: Pick<Room, 'readPasted'>): void {
  app.post(
    '/entries/read',
    {
      schema: {
        tags: ['servers'],
        summary: 'Find the servers in an mcp.json, YAML or a command line',
        body: PasteBody,
        response: { 200: PastedServers },
      },
    },
    async ({ body: { text } }) => {
      const pasted = readPasted(text);
      if (!pasted.ok) throw new ProblemError(422, pasted.message);
      return { items: [...pasted.servers].map(({ unresolved, ...one }) => ({ ...one, unresolved: [...unresolved] })) };
    },
  );
}
