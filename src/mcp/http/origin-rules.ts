import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { isLoopback } from '../../core/access/listen-address.ts';
import { Refusal } from './answers.ts';

/** For whom requests may be, and from which pages they may come. */
export interface OriginRules {
  /** True when the server listens on loopback only: then a page that had its name point here is kept out. */
  readonly loopback: boolean;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/**
 * Checks `Host` and `Origin`: a web page must not reach the server by a name that was made to point at it. Beyond loopback any
 * name will do unless some are given, because proxies and service names differ.
 *
 * @throws Refusal 403
 */
export function checkOrigin({ host, origin }: IncomingHttpHeaders, rules: OriginRules): void {
  const { loopback, allowedHosts, allowedOrigins } = rules;
  if (loopback || allowedHosts.length > 0) {
    const name = HOST.test(host ?? '') ? hostName(`http://${host}`) : undefined;
    const isOwn = loopback && name !== undefined && isLoopback(name);
    if (name === undefined || !(isOwn || allowedHosts.includes(name)))
      throw new Refusal(403, 'requests for this host are not served here: it can be allowed with --allowed-host');
  }
  if (origin === undefined) return;
  const page = hostName(origin);
  const isOwn = loopback && page !== undefined && isLoopback(page) && /^https?:/.test(origin);
  if (!isOwn && !allowedOrigins.includes(origin))
    throw new Refusal(403, 'pages of this origin are not served here: it can be allowed with --allowed-origin');
}

/** Returns the headers by which a browser lets a page read an answer; none for a page that is not allowed by name. */
export function corsHeaders(origin: string | undefined, { allowedOrigins }: OriginRules): OutgoingHttpHeaders {
  if (allowedOrigins.length === 0) return {};
  if (origin === undefined || !allowedOrigins.includes(origin)) return { vary: 'Origin' };
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'WWW-Authenticate, Retry-After, MCP-Protocol-Version',
  };
}

/** The headers of the answer to a preflight request. */
export const PREFLIGHT_HEADERS: OutgoingHttpHeaders = {
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers':
    'Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Method, Mcp-Name, Mcp-Session-Id, Last-Event-ID',
  'access-control-max-age': '86400',
};

/** A name or an address with or without a port; nothing that a URL could have before or behind it. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

function hostName(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : undefined;
}
