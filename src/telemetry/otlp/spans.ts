import { randomBytes } from 'node:crypto';
import type { RequestFacts } from '../events/events.ts';
import { cleanRevision, cleanTool } from '../events/sanitize.ts';
import { attributes, type KeyValue, nanoseconds } from './otlp-json.ts';

/** One request that was served, in the JSON form of OTLP. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: typeof SERVER;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly status: { readonly code?: typeof ERROR };
}

/** SPAN_KIND_SERVER and STATUS_CODE_ERROR of OTLP. */
const SERVER = 2;
const ERROR = 2;

/** The method of a request, and the tool where it was a call of one. */
export interface SpannedRequest {
  readonly method: 'tools/call' | 'resources/read';
  readonly tool?: string;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

/**
 * Returns the span of a request that has just ended, in the trace of its client where it named one (W3C Trace Context), with
 * the names of OpenTelemetry's conventions for MCP; undefined where the client does not record that trace. No config is named.
 */
export function spanOf(
  { method, tool }: SpannedRequest,
  { traceparent, protocolVersion, transport, code, durationMs }: RequestFacts,
  endedMs: number,
): Span | undefined {
  const [, traceId, parentSpanId, flags = '01'] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if ((Number.parseInt(flags, 16) & 1) === 0) return undefined;
  const name = tool === undefined ? undefined : cleanTool(tool);
  return {
    traceId: traceId ?? randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    ...(parentSpanId !== undefined && { parentSpanId }),
    name: name === undefined ? method : `${method} ${name}`,
    kind: SERVER,
    startTimeUnixNano: nanoseconds(endedMs - durationMs),
    endTimeUnixNano: nanoseconds(endedMs),
    attributes: attributes({
      'mcp.method.name': method,
      'gen_ai.operation.name': name === undefined ? undefined : 'execute_tool',
      'gen_ai.tool.name': name,
      'mcp.protocol.version': cleanRevision(protocolVersion),
      'network.transport': transport,
      'error.type': code,
    }),
    status: code === undefined ? {} : { code: ERROR },
  };
}
