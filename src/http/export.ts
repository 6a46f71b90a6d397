import { Readable } from 'node:stream';
import type { ExportFormat } from '../core/ports.ts';
import { found } from './problem.ts';
import type { App, Room } from './room.ts';
import { ExportQuery, IdParams } from './schema-request.ts';

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

/** Every probe that is kept of one server as a file, newest first. The reader's pace is ours: nothing is made ahead of what was sent. */
export function exportRoutes(app: App, { monitor, exportProbes }: Room): void {
  app.get(
    '/servers/:id/export',
    {
      schema: {
        tags: ['probes'],
        summary: 'All probes that are kept, as CSV or as one JSON object a line, newest first',
        params: IdParams,
        querystring: ExportQuery,
      },
    },
    async ({ params: { id }, query: { format } }, reply) => {
      found(monitor.server(id), 'server', id);
      return reply
        .type(TYPES[format])
        .header('content-disposition', `attachment; filename="${id}-probes.${format}"`)
        .send(Readable.from(exportProbes(id, format), { objectMode: false }));
    },
  );
}
