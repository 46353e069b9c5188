import {
  Client,
  ProtocolError,
  type RequestOptions,
  SdkError,
  SdkErrorCode,
  type Transport,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { ProbedServer } from '../../verbs/shared/installation.ts';

/** How the newer era of the protocol is asked for. */
const MODERN = { pin: '2026-07-28' };
/** A server that took the older era answers a question of the newer soon, or knows nothing of it; milliseconds. */
const SOON_MS = 10_000;
/** The most pages of tools that are asked for. */
const MAX_PAGES = 50;
/** A page of tools, in which each definition stays as it was sent. */
const TOOLS_PAGE = z.looseObject({ tools: z.array(z.unknown()).default([]), nextCursor: z.string().optional() });

/**
 * A way to a server: makes a connection that is not open yet, one for each era of the protocol. Where it knows better than the
 * protocol's client why it failed, it ends the connection with an Error that says so.
 */
export type Reach = (ending: AbortController) => Transport;

/** How a server is asked. */
export interface Asking {
  /** Of this program, as it introduces itself. */
  readonly version: string;
  /** How long all of it may take in one era, in milliseconds. */
  readonly limitMs: number;
}

/** The answers of a server on one connection. */
interface Greeting extends Omit<ProbedServer, 'initialize' | 'discover'> {
  readonly revision: string | undefined;
}

/**
 * Shakes hands with a server in both eras of the protocol, and lists its tools.
 *
 * @throws Error that says what went wrong, and repeats nothing that the server says or is given: either may be a secret
 */
export async function probeServer(reach: Reach, { version, limitMs }: Asking): Promise<ProbedServer> {
  const [legacy] = await Promise.allSettled([greet(reach, 'legacy', { version, limitMs })]);
  const soonMs = legacy.status === 'fulfilled' ? Math.min(limitMs, SOON_MS) : limitMs;
  const [modern] = await Promise.allSettled([greet(reach, MODERN, { version, limitMs: soonMs })]);
  const initialize = legacy.status === 'fulfilled' ? legacy.value.revision : undefined;
  const discover = modern.status === 'fulfilled' ? modern.value.revision : undefined;
  const greeting = legacy.status === 'fulfilled' || modern.status === 'rejected' ? legacy : modern;
  if (greeting.status === 'rejected') throw greeting.reason;
  const { revision: _, ...server } = greeting.value;
  return { ...server, initialize, discover };
}

async function greet(reach: Reach, mode: VersionNegotiationMode, { version, limitMs }: Asking): Promise<Greeting> {
  const client = new Client({ name: 'config-store-probe', version }, { versionNegotiation: { mode } });
  const ending = new AbortController();
  const { signal } = ending;
  const late = () => ending.abort(new Error(`it did not answer in ${Math.round(limitMs / 1_000)} s`));
  const timer = setTimeout(late, limitMs);
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  const startedMs = performance.now();
  try {
    // Not all that the client waits for while it connects ends with the signal.
    await Promise.race([client.connect(reach(ending), { signal, timeout: limitMs }), ended]);
    const startMs = Math.round(performance.now() - startedMs);
    const { name = '', version: its = '' } = client.getServerVersion() ?? {};
    const revision = client.getNegotiatedProtocolVersion();
    return { name, version: its, revision, tools: await toolsOf(client, { signal, timeout: limitMs }), startMs };
  } catch (error) {
    throw signal.aborted ? signal.reason : new Error(reasonOf(error), { cause: error });
  } finally {
    clearTimeout(timer);
    await client.close();
  }
}

async function toolsOf(client: Client, options: RequestOptions): Promise<unknown[]> {
  const tools: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const params = cursor === undefined ? {} : { cursor };
    const listed = await client.request({ method: 'tools/list', params }, TOOLS_PAGE, options);
    tools.push(...listed.tools);
    cursor = listed.nextCursor;
    if (cursor === undefined) break;
  }
  return tools;
}

function reasonOf(error: unknown): string {
  if (error instanceof ProtocolError) return `it refused with code ${error.code}`;
  if (error instanceof SdkError && error.code === SdkErrorCode.ConnectionClosed) return 'it ended before it answered';
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code !== undefined && syscall?.startsWith('spawn')) return `it cannot be started (${code})`;
  return 'it answers something else than the protocol';
}
