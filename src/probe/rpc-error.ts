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
