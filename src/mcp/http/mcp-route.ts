import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { readInbound } from '../inbound.ts';
import { answerJson, Refusal } from './answers.ts';
import { BodyReader } from './body.ts';
import { type Access, authenticate, type Caller, type CountFailure, needScope } from './callers.ts';
import type { Calls } from './calls.ts';
import type { McpEndpoint } from './endpoint.ts';
import { readsOnlyJson, sendResponse, webRequest } from './exchange.ts';
import type { HttpLimits } from './limits.ts';
import { checkOrigin, corsHeaders, type OriginRules, PREFLIGHT_HEADERS } from './origin-rules.ts';
import { Streams } from './streams.ts';

/** The parts of the route. */
export interface McpRouteOptions {
  readonly endpoint: McpEndpoint;
  readonly access: Access;
  readonly rules: OriginRules;
  readonly limits: HttpLimits;
  readonly calls: Calls;
  readonly countFailure: CountFailure;
  /** True once the process is about to end. */
  readonly isEnding: () => boolean;
}

type MessageCaller = { readonly method?: unknown; readonly params?: unknown };

/**
 * Returns the handler of `/mcp`: whom the request is for and from where it comes, who sends it, then its form and size, and only
 * then what it asks for. So without a token no answer depends on what is in the store.
 */
export function mcpRoute(options: McpRouteOptions) {
  const { endpoint, access, rules, limits, calls, countFailure, isEnding } = options;
  const bodies = new BodyReader(limits);
  const streams = new Streams((token) => access.isValid(token));

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { headers, method } = request;
    const cors = corsHeaders(headers.origin, rules);
    for (const [name, value] of Object.entries(cors)) if (value !== undefined) response.setHeader(name, value);
    checkOrigin(headers, rules);
    if (method === 'OPTIONS' && rules.allowedOrigins.length > 0) {
      response.writeHead(204, PREFLIGHT_HEADERS).end();
      return;
    }
    const caller = await authenticate(request, access, countFailure);
    needScope(caller, 'read');
    if (method !== 'POST') throw new Refusal(405, 'only POST is served here: there are no sessions', { allow: 'POST' });
    if (isEnding()) throw new Refusal(503, 'the server is ending', { 'retry-after': '1', connection: 'close' });
    if (!calls.begin()) throw new Refusal(503, 'too many calls at once', { 'retry-after': '1' });
    let counted = true;
    const uncount = () => {
      if (counted) calls.end();
      counted = false;
    };
    try {
      await bodies.withBody(request, (bytes) => serve(bytes, request, response, caller, uncount));
    } finally {
      uncount();
    }
  };

  async function serve(
    bytes: Buffer,
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller,
    uncount: () => void,
  ): Promise<void> {
    const inbound = readInbound({ kind: 'line', bytes }, limits.bodyBytes, false);
    if (inbound.kind === 'ignored') throw new Refusal(400, 'the body holds no message that could be answered');
    if (inbound.kind === 'refused') return answerJson(response, 400, inbound.answers[0]);
    const message = inbound.message as MessageCaller;
    const isListening = message.method === 'subscriptions/listen';
    // Answered when it ends, so it is neither counted nor waited for.
    if (isListening) uncount();
    const gone = new AbortController();
    const onClose = () => {
      if (!response.writableFinished) gone.abort();
    };
    response.once('close', onClose);
    const stream = isListening ? streams.add(gone, caller.token) : undefined;
    try {
      const answer = await endpoint.serve(webRequest(request, gone.signal), inbound.message, caller);
      const more: OutgoingHttpHeaders = isEnding() ? { connection: 'close' } : {};
      await sendResponse(answer, response, { asJson: !isListening && readsOnlyJson(request.headers.accept), more });
    } finally {
      stream?.close();
      response.off('close', onClose);
    }
  }
}
