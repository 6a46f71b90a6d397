import type { FastifySerializerCompiler } from 'fastify';

/**
 * Writes an answer as its route made it, with nothing left out and nothing looked at: for long ones that consist of the
 * monitor's own figures, which zod reads for longer than they took to make. That such an answer fits its schema is for
 * its route's types to say, and for the tests.
 */
export const asMade: FastifySerializerCompiler<unknown> = () => (answer) => JSON.stringify(answer);
