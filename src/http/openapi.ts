import Fastify from 'fastify';
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { App } from './room.ts';
import * as incidents from './schema-incident.ts';
import * as maintenance from './schema-maintenance.ts';
import * as monitor from './schema-monitor.ts';
import * as probes from './schema-probe.ts';
import * as servers from './schema-server.ts';
import * as pages from './schema-status-page.ts';
import * as tools from './schema-tools.ts';

const Documented = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ summary: z.string().optional(), tags: z.array(z.string()).optional() })),
  ),
});
export type OpenApi = z.infer<typeof Documented>;

/**
 * The API described from the schemas it really validates with. Building it takes a while and is rarely asked for, so it
 * happens once, on first use, on an application that never listens. `register` adds the API's routes.
 */
export function createOpenApi(register: (app: App) => void, version: string): () => Promise<OpenApi> {
  let built: Promise<OpenApi> | null = null;
  return () => {
    built ??= build(register, version);
    return built;
  };
}

async function build(register: (app: App) => void, version: string): Promise<OpenApi> {
  const { default: swagger } = await import('@fastify/swagger');
  const app = Fastify().setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler);
  const schemaRegistry = nameSchemas();
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'AliveMCP',
        version,
        description: 'Times are ISO 8601 UTC, durations milliseconds, shares 0 to 1.',
      },
    },
    transform: createJsonSchemaTransform({ schemaRegistry }),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry }),
  });
  await app.register((api: App) => register(api), { prefix: '/api/v1' });
  await app.ready();
  const document = Documented.parse(app.swagger());
  await app.close();
  return withProblems(document);
}

function nameSchemas() {
  const registry = z.registry<{ id: string }>().add(probes.anything, { id: 'Json' });
  for (const [name, schema] of Object.entries({
    ...probes,
    ...servers,
    ...tools,
    ...incidents,
    ...maintenance,
    ...pages,
    ...monitor,
  }))
    if (schema instanceof z.ZodObject && /^[A-Z]/.test(name)) registry.add(schema, { id: name });
  return registry;
}

/** Every operation may be refused, always in the same shape. */
function withProblems(document: OpenApi): OpenApi {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  const refused = { description: 'Refused, and why', content };
  const paths = Object.entries(document.paths).map(([path, operations]) => {
    const described = Object.entries(operations).map(([method, operation]) => {
      const responses = z.record(z.string(), z.unknown()).catch({}).parse(operation['responses']);
      return [method, { ...operation, responses: { ...responses, default: refused } }];
    });
    return [path, Object.fromEntries(described)];
  });
  return { ...document, paths: Object.fromEntries(paths) };
}
