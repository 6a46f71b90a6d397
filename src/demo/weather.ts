import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import type { DemoServerPlan } from './demo-server.ts';
import { textResult } from './tool-result.ts';

/** Invented, and the same at every call: nothing about this server may look like a change. */
const CLIMATE: ReadonlyMap<string, { readonly celsius: number; readonly sky: string }> = new Map([
  ['Berlin', { celsius: 14, sky: 'light rain' }],
  ['Lagos', { celsius: 31, sky: 'humid' }],
  ['Lima', { celsius: 19, sky: 'overcast' }],
  ['Oslo', { celsius: 6, sky: 'clear' }],
  ['Osaka', { celsius: 22, sky: 'sunny' }],
]);

/** `steady`: a few tools, always fast, nothing behind it. */
export function weatherPlan(): DemoServerPlan {
  return {
    id: 'steady',
    name: 'Weather MCP',
    summary: 'Three small tools and nothing behind them. Always fast.',
    tool: 'current_weather',
    initializeMs: 0,
    jsonAnswers: true,
    entry: () => ({}),
    answer: async () => false,
    figures: () => null,
    faults: [],
    close: () => Promise.resolve(),
    createMcp({ isDropped, pass }) {
      const mcp = new McpServer({ name: 'weather', version: '1.4.0' });
      const annotations = { readOnlyHint: true, openWorldHint: false };
      const city = z.string().min(1).max(100).describe('Name of the city');
      if (!isDropped()) {
        mcp.registerTool(
          'current_weather',
          { description: 'Temperature and sky in a city, now.', inputSchema: { city }, annotations },
          async (args, { signal }) => {
            await pass(signal);
            const climate = CLIMATE.get(args.city);
            return climate === undefined
              ? textResult(`No weather station in ${args.city}.`, true)
              : textResult({ city: args.city, ...climate });
          },
        );
      }
      mcp.registerTool('list_cities', { description: 'Cities with a weather station.', annotations }, async () =>
        textResult([...CLIMATE.keys()]),
      );
      mcp.registerTool(
        'warmest_city',
        { description: 'The city with the highest temperature now.', annotations },
        async () =>
          textResult([...CLIMATE].reduce((best, next) => (next[1].celsius > best[1].celsius ? next : best))[0]),
      );
      return mcp;
    },
  };
}
