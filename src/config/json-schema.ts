import { z } from 'zod';
import type { ChannelKind } from './config.ts';
import { fileSchema } from './file-schema.ts';

/** A text that holds a reference is not judged before it is resolved, so any pattern allows it. */
const REFERENCE = String.raw`\$\{`;

/** The JSON Schema of the configuration file, for editors. The program itself checks more and says it better. */
export function configJsonSchema(kinds: ReadonlyMap<string, ChannelKind>): object {
  return {
    ...z.toJSONSchema(fileSchema(kinds), {
      io: 'input',
      target: 'draft-7',
      override: ({ jsonSchema }) => allowReferences(jsonSchema),
    }),
    title: 'AliveMCP configuration',
  };
}

function allowReferences(schema: z.core.JSONSchema.BaseSchema): void {
  // Called again for what wraps a schema, which inherits its pattern.
  if (schema.type === 'string' && schema.pattern !== undefined && !schema.pattern.startsWith(REFERENCE))
    schema.pattern = `${REFERENCE}|(?:${schema.pattern})`;
  if (schema.enum !== undefined && schema.type === 'string') {
    const { enum: values, type } = schema;
    delete schema.enum;
    delete schema.type;
    schema.anyOf = [
      { type, enum: values },
      { type, pattern: REFERENCE },
    ];
  }
}
