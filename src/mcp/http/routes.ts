import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Metrics } from '../../telemetry/metrics/metrics.ts';
import { answerJson, Refusal, refuse } from './answers.ts';
import { refuseUnread } from './body.ts';
import { asError } from './endpoint.ts';
import { type McpRouteOptions, mcpRoute } from './mcp-route.ts';
import { metricsRoute } from './metrics-route.ts';
import { type PageOptions, pageRoutes } from './page-routes.ts';
import type { ReadinessProbe } from './probes.ts';

/** The parts of all routes. */
export interface RoutesOptions extends McpRouteOptions, PageOptions {
  readonly probe: ReadinessProbe;
  readonly metrics?: Metrics | undefined;
  readonly onFault: (error: Error) => void;
}

type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Returns what answers every request: one handler a path, and JSON for everything else. */
export function createRoutes(options: RoutesOptions): RequestListener {
  const alive: Route = (_request, response) => answerJson(response, 200, { status: 'ok', version: options.version });
  const ready: Route = async (_request, response) => {
    const readiness = options.isEnding() ? { ready: false, reason: 'ENDING' } : await options.probe.look();
    answerJson(response, readiness.ready ? 200 : 503, readiness);
  };
  const routes = new Map<string, Route>([
    ['/mcp', mcpRoute(options)],
    ['/healthz', onlyGet(alive)],
    ['/livez', onlyGet(alive)],
    ['/health', onlyGet(alive)],
    ['/readyz', onlyGet(ready)],
    ...pageRoutes(options).map(([path, route]) => [path, onlyGet(route)] as const),
  ]);
  if (options.metrics !== undefined) routes.set('/metrics', onlyGet(metricsRoute(options.metrics, options)));
  const missing: Route = () => {
    throw new Refusal(404, 'there is nothing here: MCP is served at /mcp');
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const path = request.url?.split('?', 1)[0] ?? '';
      await (routes.get(path) ?? missing)(request, response);
    } catch (error) {
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      if (error instanceof Refusal)
        return request.complete || !hasBody(request) ? refuse(response, error) : refuseUnread(request, response, error);
      if (request.destroyed && !request.complete) return;
      options.onFault(asError(error));
      refuse(response, new Refusal(500, 'an unexpected fault inside the server'));
    }
  }
  return (request, response) => void handle(request, response);
}

function onlyGet(route: Route): Route {
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw new Refusal(405, 'only GET is served here', { allow: 'GET, HEAD' });
    return route(request, response);
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
