import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopback } from '../../core/access/listen-address.ts';
import type { Metrics } from '../../telemetry/metrics/metrics.ts';
import { type Access, authenticate, type CountFailure, needScope } from './callers.ts';
import { checkOrigin, type OriginRules } from './origin-rules.ts';

/** Headers of a proxy: what comes through one is not from this machine. */
const FORWARDED = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'];

/** Returns the handler of `/metrics`: for a token with that scope, or from this machine where the server listens to it alone. */
export function metricsRoute(
  metrics: Metrics,
  { access, rules, countFailure }: { access: Access; rules: OriginRules; countFailure: CountFailure },
) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    checkOrigin(request.headers, rules);
    if (!isFromHere(request, rules)) needScope(await authenticate(request, access, countFailure), 'metrics');
    const text = await metrics.text();
    response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : text);
  };
}

function isFromHere({ headers, socket }: IncomingMessage, { loopback }: OriginRules): boolean {
  return loopback && isLoopback(socket.remoteAddress ?? '') && FORWARDED.every((name) => headers[name] === undefined);
}
