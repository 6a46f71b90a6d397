/** The server answered a request with a JSON-RPC error. `message` is its own, not yet cleaned. */
export class RpcError extends Error {
  readonly code: number;
  /** The error's `data`, unread. */
  readonly detail: unknown;
  constructor(code: number, message: string, detail?: unknown) {
    super(message);
    this.name = 'RpcError';
    this.code = code;
    this.detail = detail;
  }
}

/** The JSON-RPC error that an error stands for: ours, or that of the SDK's older client. Null: it is something else. */
export function rpcErrorOf(error: unknown): { readonly code: number; readonly message: string } | null {
  if (error instanceof RpcError) return error;
  if (!(error instanceof Error) || error.name !== 'McpError' || !('code' in error)) return null;
  const { code } = error;
  return typeof code === 'number' ? { code, message: error.message.replace(/^MCP error -?\d+: /, '') } : null;
}
