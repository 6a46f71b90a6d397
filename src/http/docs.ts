import type { OpenApi } from './openapi.ts';
import { escapeHtml, PLAIN_CSS, plainPage } from './plain-page.ts';
import type { App } from './room.ts';

/** The API's description, for machines and, without any script, for people. */
export function docsRoutes(app: App, document: () => Promise<OpenApi>): void {
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, async () => document());
  app.get('/api/docs', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(docsPage(await document())),
  );
  app.get('/plain.css', { schema: { hide: true } }, (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'no-cache').send(PLAIN_CSS),
  );
}

function docsPage({ paths }: OpenApi): string {
  const rows = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { summary, tags }]) => ({
      tag: tags?.[0] ?? '',
      method,
      path,
      summary: summary ?? '',
    })),
  );
  const sections = [...new Set(rows.map(({ tag }) => tag))].map((tag) =>
    section(
      tag,
      rows.filter((row) => row.tag === tag),
    ),
  );
  return plainPage(
    'API · AliveMCP',
    `<h1>AliveMCP API</h1>
<p>JSON over HTTP. The whole description is <a href="/api/v1/openapi.json">openapi.json</a> (OpenAPI 3.1). Lists answer
<code>{ items, next }</code>; errors are <code>application/problem+json</code>. With a password set, send
<code>Authorization: Bearer &lt;password&gt;</code>.</p>
${sections.join('\n')}`,
  );
}

interface Row {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
}

function section(tag: string, rows: readonly Row[]): string {
  const cells = rows.map(
    ({ method, path, summary }) =>
      `<tr><td><code>${method.toUpperCase()}</code></td><td><code>${escapeHtml(path)}</code></td><td>${escapeHtml(summary)}</td></tr>`,
  );
  return `<h2>${escapeHtml(tag)}</h2>\n<table>${cells.join('')}</table>`;
}
