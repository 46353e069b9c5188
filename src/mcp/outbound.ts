import {
  isJSONRPCErrorResponse,
  type JSONRPCErrorResponse,
  type JSONRPCMessage,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';

/** The largest message that is read or written, in bytes. */
export const MAX_MESSAGE_BYTES = 4_194_304;

/** Returns a message as JSON; one over the limit becomes an error that says so. */
export function encodeMessage(message: JSONRPCMessage): string {
  const text = oneLine(JSON.stringify(presentable(message)));
  // A UTF-16 code unit takes at most 3 bytes, so most lines need no counting.
  if (text.length * 3 <= MAX_MESSAGE_BYTES || Buffer.byteLength(text) <= MAX_MESSAGE_BYTES) return text;
  const id = 'id' in message ? message.id : undefined;
  return JSON.stringify({
    jsonrpc: '2.0',
    ...(id !== undefined && { id }),
    error: {
      code: ProtocolErrorCode.InternalError,
      message: `the answer is over the limit of ${MAX_MESSAGE_BYTES} bytes: ask for less of it`,
    },
  });
}

/**
 * Escapes the characters that some readers of lines take for the end of one: Node's readline the first two, Python's `splitlines` all.
 * The value of the JSON stays the same.
 */
function oneLine(json: string): string {
  return json.replace(/[\u2028\u2029\u0085]/g, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Returns a message as it is fit for a client: an error without its validator's dump. */
export function presentable(message: JSONRPCMessage): JSONRPCMessage {
  return isJSONRPCErrorResponse(message) ? withoutDump(message) : message;
}

/** A list of issues as zod prints it: what the SDK puts into an error when params do not fit their schema. */
const DUMP = /^[^[]*(\[\s*\{[\s\S]*\}\s*\])\s*$/;

/**
 * Replaces a dump in an error. The SDK reports malformed params as an internal fault with its validator's dump; the
 * caller gets the first issue, as -32602.
 */
function withoutDump(message: JSONRPCErrorResponse): JSONRPCErrorResponse {
  const { code } = message.error;
  if (code !== ProtocolErrorCode.InternalError && code !== ProtocolErrorCode.InvalidParams) return message;
  const issue = firstIssue(message.error.message);
  if (issue === undefined) return message;
  return { ...message, error: { code: ProtocolErrorCode.InvalidParams, message: `Invalid params: ${issue}` } };
}

function firstIssue(text: string): string | undefined {
  const dump = DUMP.exec(text)?.[1];
  if (dump === undefined) return undefined;
  try {
    const [first] = JSON.parse(dump) as Array<{ path?: unknown[]; message?: unknown }>;
    const path = first?.path?.filter((part, index) => index > 0 || part !== 'params').join('.');
    return `${path || 'params'}: ${String(first?.message)}`;
  } catch {
    // Some other text in brackets: it stays as it is.
    return undefined;
  }
}
