import { mkdtemp, rm } from 'node:fs/promises';
import { type Agent, request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openAccess } from '../../../src/app/access-tokens.ts';
import { createApp } from '../../../src/app/app.ts';
import { observeNetwork } from '../../../src/app/observe-network.ts';
import { guide } from '../../../src/cli/output/advice.ts';
import type { AccessToken } from '../../../src/core/access/token.ts';
import { sha256Hex } from '../../../src/core/digest.ts';
import { type ServeHttpOptions, startHttp } from '../../../src/mcp/http/serve-http.ts';
import type { NetworkServer } from '../../../src/mcp/network-server.ts';
import type { ServeObserver } from '../../../src/mcp/observer.ts';
import { StateFolder } from '../../../src/state/state-folder.ts';
import { TokenFile } from '../../../src/state/token-file.ts';
import { serveObserver } from '../../../src/telemetry/events/observers.ts';
import type { OtlpTarget } from '../../../src/telemetry/otlp/exporter.ts';

/** The secret of a token in a test, by its name. */
export const secretOf = (name: string) => `mcs_${name}_0123456789abcdef`;

/** A server in this process, on a real store. */
export interface TestServer extends NetworkServer {
  readonly folder: string;
  readonly faults: Error[];
  readonly tokens: TokenFile;
}

type TestOptions = Omit<Partial<ServeHttpOptions>, 'metrics'> & {
  readonly observer?: ServeObserver;
  readonly metrics?: boolean;
  readonly otlp?: OtlpTarget;
};

/** Starts a server on a store of this test's own; it and the store are gone when the test ends. */
export async function startTestServer(
  tokens: ReadonlyArray<Pick<AccessToken, 'name' | 'scopes' | 'prefix'>> = [],
  { metrics: isCounted = false, otlp, ...more }: TestOptions = {},
): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'http-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = new TokenFile(new StateFolder(join(folder, 'state')));
  if (tokens.length > 0)
    await file.change(() => tokens.map((token) => ({ ...token, sha256: sha256Hex(secretOf(token.name)) })));
  const app = createApp({ flags: { var: folder }, via: 'mcp' });
  const faults: Error[] = [];
  const onFault = (error: Error) => void faults.push(error);
  const settings = { tokensFile: undefined, serviceToken: undefined, serviceTokenFile: undefined };
  const counted = { metrics: isCounted, otlp };
  const { observer, metrics, close } = await observeNetwork(
    app,
    counted,
    more.observer ?? serveObserver(app.telemetry.events),
    onFault,
  );
  const server = await startHttp({
    listen: { host: '127.0.0.1', port: 0 },
    access: openAccess(settings, join(folder, 'state'), onFault),
    context: app.context,
    guide,
    allowedHosts: [],
    allowedOrigins: [],
    drainMs: 5_000,
    readOnly: false,
    version: '1.2.3',
    onFault,
    ...more,
    observer,
    metrics,
  });
  onTestFinished(async () => {
    await server.end();
    await close();
    server.close();
    await app.close();
  });
  return { ...server, folder, faults, tokens: file };
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests say what they expect of it.
  readonly json: any;
}

/** Sends one request as it is, with node:http: no client library adds or forbids a header. */
export function send(
  url: string,
  options: {
    method?: string;
    headers?: OutgoingHttpHeaders;
    body?: string | Buffer;
    path?: string;
    agent?: Agent;
  } = {},
): Promise<Answer> {
  const { method = 'POST', headers = {}, body, agent = false } = options;
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      new URL(options.path ?? new URL(url).pathname, url),
      { method, headers, agent },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('end', () => {
          const { statusCode: status = 0 } = response;
          resolve({ status, headers: response.headers, text, json: parse(text) });
        });
        response.once('error', reject);
      },
    );
    request.once('error', reject);
    request.end(body);
  });
}

function parse(text: string): unknown {
  const [, data = text] = /^data: (.+)$/m.exec(text) ?? [];
  try {
    return JSON.parse(data);
  } catch {
    return undefined; // no JSON: the test says so
  }
}

/** Sends one message of the 2025 era, with the token of a name where one is given. */
export function post(url: string, message: object, token?: string, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
  return send(url, {
    body: JSON.stringify(message),
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${secretOf(token)}` }),
      ...headers,
    },
  });
}

/** Calls a tool; the structured result. */
export async function callTool(url: string, name: string, args: object, token?: string) {
  const { json } = await post(
    url,
    { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } },
    token,
  );
  return json?.result?.structuredContent ?? json;
}
