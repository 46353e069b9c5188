import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Guidance } from '../../core/advice.ts';
import { toStoreError } from '../../core/errors.ts';
import type { Context } from '../../verbs/shared/context.ts';
import { healthView, logView } from '../resources/store-views.ts';
import { Refusal } from './answers.ts';
import { authenticate, type Caller, needScope } from './callers.ts';
import type { EndpointOptions } from './endpoint.ts';
import type { McpRouteOptions } from './mcp-route.ts';
import { checkOrigin } from './origin-rules.ts';

/** The parts of the pages for people. */
export interface PageOptions extends Pick<McpRouteOptions, 'access' | 'rules' | 'calls' | 'countFailure'> {
  readonly context: EndpointOptions['context'];
  readonly version: string;
  /** Words guidance for people. */
  readonly guide: (guidance: Guidance) => string;
}

/** One page: its type, and how it is made for a caller. */
interface Page {
  readonly type: string;
  readonly make: (context: Context, query: URLSearchParams) => Promise<string>;
}

const PATHS = { report: '/', health: '/store/health', log: '/store/log' };
const LINKS = [
  { href: `${PATHS.report}?since=1d`, text: '1 day' },
  { href: `${PATHS.report}?since=7d`, text: '7 days' },
  { href: `${PATHS.report}?since=30d`, text: '30 days' },
  { href: PATHS.health, text: 'Health' },
  { href: PATHS.log, text: 'Newest changes' },
];

/** Nothing else may show the page inside itself, keep it, or learn where its reader came from. */
const HEADERS: OutgoingHttpHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Returns the handlers of what a person reads in a browser, by path. They change nothing, and show what their token reaches. */
export function pageRoutes(options: PageOptions) {
  const pages: Readonly<Record<string, Page>> = {
    [PATHS.report]: { type: 'text/html; charset=utf-8', make: reportPage(options.guide) },
    [PATHS.health]: { type: 'application/json', make: healthView },
    [PATHS.log]: { type: 'application/json', make: logView },
  };
  return Object.entries(pages).map(([path, page]) => [path, pageRoute(page, options)] as const);
}

function pageRoute({ type, make }: Page, { context, version, calls, ...options }: PageOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const caller = await admit(request, options);
    const own = context(() => ({ name: 'page', version }), { prefix: caller.token?.prefix, readOnly: true });
    if (!calls.begin()) throw new Refusal(503, 'too many calls at once', { 'retry-after': '1' });
    try {
      const { searchParams } = new URL(request.url ?? '', 'http://localhost');
      const text = await make(own, searchParams).catch(refuseFault);
      response.writeHead(200, { ...HEADERS, 'content-type': type, 'content-length': Buffer.byteLength(text) });
      response.end(request.method === 'HEAD' ? undefined : text);
    } finally {
      calls.end();
    }
  };
}

/** A browser sends the token as a password, which no request to `/mcp` may do: a page elsewhere cannot use it there. */
async function admit(
  request: IncomingMessage,
  { access, rules, countFailure }: Pick<PageOptions, 'access' | 'rules' | 'countFailure'>,
): Promise<Caller> {
  checkOrigin(request.headers, rules);
  const caller = await authenticate(request, access, countFailure, { asPassword: true });
  needScope(caller, 'read');
  return caller;
}

/** A report may read a million events: one after the other, each in the memory of one. */
function reportPage(guide: PageOptions['guide']): Page['make'] {
  let last: Promise<unknown> = Promise.resolve();
  return (context, query) => {
    const since = query.get('since') ?? '7d';
    const next = last.then(async () => {
      const { telemetryPage } = await import('../../verbs/telemetry/report-telemetry.ts');
      return (await telemetryPage(context, { since, guide, links: LINKS, clientFiles: false })).page;
    });
    last = next.catch(() => undefined); // the one who asked for it gets the reason
    return next;
  };
}

function refuseFault(cause: unknown): never {
  const { code, message, hint } = toStoreError(cause);
  if (code === 'INTERNAL') throw cause;
  throw new Refusal(code === 'ARGUMENT_INVALID' ? 400 : 503, `${message}. ${hint}`);
}
