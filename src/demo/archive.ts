import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import type { DemoServerPlan } from './demo-server.ts';
import { textResult } from './tool-result.ts';

const DOCUMENTS = [
  { id: 'a-17', title: 'Minutes of the harbour board', year: 1911 },
  { id: 'b-02', title: 'Plans for a second lighthouse', year: 1924 },
  { id: 'b-09', title: 'Letters about the tide tables', year: 1926 },
  { id: 'c-31', title: 'Repairs to the north pier', year: 1938 },
];

/** `slow`: every handshake takes 600 ms, above the default P95 limit of 500 ms. */
export function archivePlan(): DemoServerPlan {
  return {
    id: 'slow',
    name: 'Archive MCP',
    summary: 'Every initialize takes 600 ms, above the default limit of 500 ms.',
    tool: 'search_archive',
    initializeMs: 600,
    jsonAnswers: false,
    entry: () => ({}),
    answer: async () => false,
    figures: () => null,
    faults: [],
    close: () => Promise.resolve(),
    createMcp({ isDropped, pass }) {
      const mcp = new McpServer({ name: 'archive', version: '0.9.2' });
      const annotations = { readOnlyHint: true, openWorldHint: false };
      if (!isDropped()) {
        mcp.registerTool(
          'search_archive',
          {
            description: 'Documents whose title contains a word.',
            inputSchema: { word: z.string().min(1).max(100) },
            annotations,
          },
          async ({ word }, { signal }) => {
            await pass(signal);
            return textResult(DOCUMENTS.filter(({ title }) => title.toLowerCase().includes(word.toLowerCase())));
          },
        );
      }
      mcp.registerTool(
        'read_document',
        { description: 'One document by its id.', inputSchema: { id: z.string().min(1).max(20) }, annotations },
        async ({ id }) => {
          const found = DOCUMENTS.find((document) => document.id === id);
          return found === undefined ? textResult(`There is no document ${id}.`, true) : textResult(found);
        },
      );
      return mcp;
    },
  };
}
