import { isUtf8 } from 'node:buffer';
import {
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCErrorResponse,
  type JSONRPCMessage,
  PROTOCOL_VERSION_META_KEY,
  ProtocolErrorCode,
  type RequestId,
  UnsupportedProtocolVersionError,
} from '@modelcontextprotocol/server';
import { isStoreError } from '../core/errors.ts';
import { isObject } from '../core/json/is-object.ts';
import { parseStrictJson } from '../core/json/strict-json.ts';
import type { Line } from './stdio/line-splitter.ts';

/** The meaning of one line, or of one body: a message for the protocol, answers to give at once, or nothing to do. */
export type Inbound =
  | { readonly kind: 'message'; readonly message: JSONRPCMessage }
  | { readonly kind: 'refused'; readonly answers: readonly JSONRPCErrorResponse[] }
  | { readonly kind: 'ignored' };

/** Revisions of the era that names its version in every request; the 2025 era negotiates by `initialize`. */
const MODERN_VERSIONS = ['2026-07-28'];
/** Lists that always fit on one page, so that this server never gave a cursor for them. */
const SINGLE_PAGE_LISTS = new Set(['tools/list', 'prompts/list', 'resources/templates/list']);
const IGNORED: Inbound = { kind: 'ignored' };
/** The most requests of one batch that are answered one by one. */
const MAX_BATCH_ANSWERS = 100;

/**
 * Judges one message as it came in. Whatever could be a request is answered when it cannot be served (JSON-RPC 2.0, section 5.1:
 * -32700 not JSON, -32600 not a request, -32602 malformed params; MCP 2026-07-28: -32022), with its id where one can be
 * read and without the member otherwise: a caller must never be left hanging.
 *
 * @param maxBytes the limit named to a sender who exceeded it
 * @param checksVersion false where the version stands in a header too: then both are judged together, and later
 */
export function readInbound(line: Line, maxBytes: number, checksVersion = true): Inbound {
  if (line.kind === 'oversized') {
    const text = `Invalid Request: the message has ${line.sizeBytes} bytes, over the limit of ${maxBytes} bytes`;
    return refuse(idAtTheEdge(line.head, line.tail), ProtocolErrorCode.InvalidRequest, text);
  }
  if (line.bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)) return IGNORED;
  const text = line.bytes.toString('utf8');
  if (!isUtf8(line.bytes))
    return refuse(
      idOf(lenientParse(text)),
      ProtocolErrorCode.ParseError,
      'Parse error: the message is not valid UTF-8',
    );
  let value: unknown;
  try {
    value = parseStrictJson(text);
  } catch (error) {
    return refuseText(text, error);
  }
  return readValue(value, checksVersion);
}

/** Distinguishes JSON that two readers would read differently from text that is not JSON. */
function refuseText(text: string, error: unknown): Inbound {
  const reason = isStoreError(error)
    ? `${error.message.replace(/^not valid JSON/, 'the message is refused')}. ${error.hint}`
    : 'the message is refused';
  const value = lenientParse(text);
  if (value === undefined)
    return refuse(undefined, ProtocolErrorCode.ParseError, 'Parse error: the message is not valid JSON');
  const path = isStoreError(error) ? error.details?.['path'] : undefined;
  const inParams = typeof path === 'string' && path.startsWith('/params');
  return refuse(
    path === '/id' ? undefined : idOf(value),
    inParams ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InvalidRequest,
    `${inParams ? 'Invalid params' : 'Invalid Request'}: ${reason}`,
  );
}

function readValue(value: unknown, checksVersion: boolean): Inbound {
  if (Array.isArray(value)) return refuseBatch(value);
  if (!isObject(value))
    return refuse(undefined, ProtocolErrorCode.InvalidRequest, 'Invalid Request: a message is a JSON object');
  const id = idOf(value);
  if (!('method' in value) && ('result' in value || 'error' in value)) {
    const ok = isJSONRPCResultResponse(value) || isJSONRPCErrorResponse(value);
    return ok ? { kind: 'message', message: value } : IGNORED;
  }
  if (value['jsonrpc'] !== '2.0')
    return refuse(id, ProtocolErrorCode.InvalidRequest, 'Invalid Request: "jsonrpc" must be "2.0"');
  if (typeof value['method'] !== 'string')
    return refuse(id, ProtocolErrorCode.InvalidRequest, 'Invalid Request: "method" must be a string');
  if ('id' in value && id === undefined)
    return refuse(undefined, ProtocolErrorCode.InvalidRequest, 'Invalid Request: "id" must be a string or an integer');
  const params = asMeant(value['method'], value['params']);
  const fault = paramsFault(params);
  if (fault !== undefined)
    return 'id' in value ? refuse(id, ProtocolErrorCode.InvalidParams, `Invalid params: ${fault}`) : IGNORED;
  return accept(value['method'], params, id, checksVersion);
}

function accept(method: string, params: unknown, id: RequestId | undefined, checksVersion: boolean): Inbound {
  // Members JSON-RPC does not know are left behind; with them the protocol layer would drop the message in silence.
  const message: unknown = {
    jsonrpc: '2.0',
    ...(id !== undefined && { id }),
    method,
    ...(params !== undefined && { params }),
  };
  if (id === undefined) return isJSONRPCNotification(message) ? { kind: 'message', message } : IGNORED;
  if (!isJSONRPCRequest(message))
    return refuse(id, ProtocolErrorCode.InvalidParams, 'Invalid params: "_meta" is malformed');
  if (SINGLE_PAGE_LISTS.has(method) && message.params?.['cursor'] !== undefined) {
    return refuse(
      id,
      ProtocolErrorCode.InvalidParams,
      'Invalid params: cursor is not one this server gave; leave it out',
    );
  }
  const claimed = message.params?._meta?.[PROTOCOL_VERSION_META_KEY];
  if (checksVersion && typeof claimed === 'string' && !MODERN_VERSIONS.includes(claimed)) {
    const error = new UnsupportedProtocolVersionError({
      supported: [...MODERN_VERSIONS],
      requested: claimed.slice(0, 100),
    });
    return refuse(id, error.code, error.message, error.data);
  }
  return { kind: 'message', message };
}

/** Members of params that some clients write as null, or as empty text, instead of leaving them out. */
const LEFT_OUT_AS_EMPTY: ReadonlySet<string> = new Set(['arguments', 'cursor']);
const LEFT_OUT_AS_NULL: ReadonlySet<string> = new Set(['arguments', 'context', 'cursor', '_meta']);

/**
 * Reads params as clients mean them that write null or empty text for what they leave out, the arguments as their JSON text,
 * or an argument of a prompt, which is text, as a number.
 */
function asMeant(method: string, params: unknown): unknown {
  if (params === null) return undefined;
  if (!isObject(params)) return params;
  const meant: Record<string, unknown> = Object.fromEntries(
    Object.entries(params).filter(
      ([name, value]) =>
        !(value === null && LEFT_OUT_AS_NULL.has(name)) && !(value === '' && LEFT_OUT_AS_EMPTY.has(name)),
    ),
  );
  if (typeof meant['arguments'] === 'string') meant['arguments'] = objectIn(meant['arguments']) ?? meant['arguments'];
  if (method === 'prompts/get' && isObject(meant['arguments'])) meant['arguments'] = asTexts(meant['arguments']);
  return meant;
}

/** Returns the object whose JSON a text is; undefined for any other text, and for what two readers would read differently. */
function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value = parseStrictJson(text);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (isStoreError(error)) return undefined;
    throw error;
  }
}

function asTexts(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const named = Object.entries(given).filter(([, value]) => value !== null);
  return Object.fromEntries(
    named.map(([name, value]) => [
      name,
      typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
    ]),
  );
}

function paramsFault(params: unknown): string | undefined {
  if (params === undefined) return undefined;
  if (!isObject(params)) return '"params" must be an object';
  const meta = params['_meta'];
  if (meta !== undefined && !isObject(meta)) return '"_meta" must be an object';
  const holders = [params, params['arguments'], meta];
  // The protocol layer's validator would drop such a member without a word.
  if (holders.some((holder) => isObject(holder) && Object.hasOwn(holder, '__proto__')))
    return '"__proto__" is not a parameter';
  return undefined;
}

/** Refuses a batch. MCP has no batches since 2025-06-18; each request in one gets its own answer, so that no caller waits. */
function refuseBatch(batch: readonly unknown[]): Inbound {
  const text = 'Invalid Request: batches are not supported, send one message at a time';
  const ids = batch.map(idOf).filter((id) => id !== undefined);
  const answers = (ids.length === 0 ? [undefined] : ids.slice(0, MAX_BATCH_ANSWERS)).map((id) =>
    answer(id, ProtocolErrorCode.InvalidRequest, text),
  );
  return { kind: 'refused', answers };
}

function refuse(id: RequestId | undefined, code: number, message: string, data?: unknown): Inbound {
  return { kind: 'refused', answers: [answer(id, code, message, data)] };
}

function answer(id: RequestId | undefined, code: number, message: string, data?: unknown): JSONRPCErrorResponse {
  return {
    jsonrpc: '2.0',
    ...(id !== undefined && { id }),
    error: { code, message, ...(data !== undefined && { data }) },
  };
}

function idOf(value: unknown): RequestId | undefined {
  const id = isObject(value) ? value['id'] : undefined;
  return typeof id === 'string' || Number.isSafeInteger(id) ? (id as RequestId) : undefined;
}

const ID_FIRST = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*("(?:[^"\\]|\\.){0,200}"|-?\d{1,15})\s*,/;
const ID_LAST = /,\s*"id"\s*:\s*("(?:[^"\\]|\\.){0,200}"|-?\d{1,15})\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/;

/** Returns the id of an oversized request, where it comes first or last, as every known client writes it. */
function idAtTheEdge(head: Buffer, tail: Buffer): RequestId | undefined {
  const found = ID_FIRST.exec(head.toString('latin1'))?.[1] ?? ID_LAST.exec(tail.toString('latin1'))?.[1];
  return found === undefined ? undefined : idOf({ id: lenientParse(found) });
}

function lenientParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not JSON: the caller answers that.
    return undefined;
  }
}
