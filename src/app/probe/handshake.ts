import type { ProbedServer } from '../../verbs/shared/installation.ts';

/** A connection to a server, whatever it runs over; each request rejects with an Error that says what went wrong. */
export interface ServerConnection {
  request(method: string, params: object): Promise<Record<string, unknown>>;
  notify(method: string): void | Promise<void>;
  end(): void;
}

/** Opens a connection of its own, which is given up after so long, in ms. */
export type Connect = (limitMs: number) => ServerConnection | Promise<ServerConnection>;

/** The newest revision of each era. */
export const LEGACY = '2025-11-25';
export const MODERN = '2026-07-28';
const CLIENT = { name: 'config-store-probe', version: '1.0.0' };
/** The most pages of tools that are asked for. */
const MAX_PAGES = 50;
/** A server that answered before answers soon, or knows nothing of the newer era; milliseconds. */
const DISCOVER_MS = 10_000;

/** Shakes hands with a server in both eras, and lists its tools. Rejects with an Error that says what went wrong. */
export async function shakeHands(connect: Connect, limitMs: number): Promise<ProbedServer> {
  const start = performance.now();
  const legacy = await connect(limitMs);
  try {
    const hello = await legacy.request('initialize', {
      protocolVersion: LEGACY,
      capabilities: {},
      clientInfo: CLIENT,
    });
    const startMs = Math.round(performance.now() - start);
    await legacy.notify('notifications/initialized');
    const tools: unknown[] = [];
    let cursor: unknown;
    for (let page = 0; page < MAX_PAGES; page++) {
      const listed = await legacy.request('tools/list', cursor === undefined ? {} : { cursor });
      tools.push(...(Array.isArray(listed['tools']) ? (listed['tools'] as unknown[]) : []));
      cursor = listed['nextCursor'];
      if (typeof cursor !== 'string') break;
    }
    const info = (hello['serverInfo'] ?? {}) as { name?: unknown; version?: unknown };
    return {
      name: String(info.name ?? ''),
      version: String(info.version ?? ''),
      initialize: String(hello['protocolVersion'] ?? ''),
      discover: await discover(connect, limitMs),
      tools,
      startMs,
    };
  } finally {
    legacy.end();
  }
}

/** Asks over a second connection: one speaks one era. */
async function discover(connect: Connect, limitMs: number): Promise<string | undefined> {
  let modern: ServerConnection | undefined;
  try {
    modern = await connect(Math.min(limitMs, DISCOVER_MS));
    const meta = {
      'io.modelcontextprotocol/protocolVersion': MODERN,
      'io.modelcontextprotocol/clientInfo': CLIENT,
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const found = await modern.request('server/discover', { _meta: meta });
    const versions = found['supportedVersions'];
    return Array.isArray(versions) ? String(versions.includes(MODERN) ? MODERN : (versions[0] ?? MODERN)) : MODERN;
  } catch {
    return undefined; // a server of the older era refuses, or goes away
  } finally {
    modern?.end();
  }
}
