import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** A refusal before anything of MCP was served: the HTTP status and one sentence. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;

  constructor(status: number, message: string, headers: OutgoingHttpHeaders = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** Answers with one JSON value. */
export function answerJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  const body = JSON.stringify(value);
  response.writeHead(status, { ...jsonHeaders(body), ...headers });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** Answers with a refusal, in the form of an error of JSON-RPC: every client of the protocol can show it. */
export function refuse(response: ServerResponse, { status, message, headers }: Refusal): void {
  answerJson(response, status, refusalBody(message), headers);
}

/** Returns the body of a refusal. */
export function refusalBody(message: string): unknown {
  return { jsonrpc: '2.0', id: null, error: { code: -32_000, message } };
}

/** Returns the headers of every answer in JSON. */
export function jsonHeaders(body: string): OutgoingHttpHeaders {
  return {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
}
