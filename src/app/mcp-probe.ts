import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ProbedServer } from '../verbs/shared/installation.ts';

/** A program to start. */
export interface ProbedProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string | undefined;
}

const INITIALIZE = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'config-store-probe', version: '1.0.0' },
};
const MODERN = '2026-07-28';
/** The most pages of tools that are asked for. */
const MAX_PAGES = 50;

/** Starts a server, shakes hands in both eras, lists its tools, and ends it. Rejects with an Error that says what went wrong. */
export async function probeProgram(program: ProbedProgram, limitMs: number): Promise<ProbedServer> {
  const start = performance.now();
  const legacy = new Peer(program, limitMs);
  try {
    const hello = await legacy.request('initialize', INITIALIZE);
    const startMs = Math.round(performance.now() - start);
    legacy.notify('notifications/initialized');
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
      discover: await discover(program, limitMs),
      tools,
      startMs,
    };
  } finally {
    legacy.end();
  }
}

/** Asks a second process of its own: a connection speaks one era. */
async function discover(program: ProbedProgram, limitMs: number): Promise<string | undefined> {
  const modern = new Peer(program, limitMs);
  try {
    const meta = {
      'io.modelcontextprotocol/protocolVersion': MODERN,
      'io.modelcontextprotocol/clientInfo': INITIALIZE.clientInfo,
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const found = await modern.request('server/discover', { _meta: meta });
    const versions = found['supportedVersions'];
    return Array.isArray(versions) ? String(versions.includes(MODERN) ? MODERN : (versions[0] ?? MODERN)) : MODERN;
  } catch {
    return undefined; // a server of the older era refuses, or goes away
  } finally {
    modern.end();
  }
}

class Peer {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<
    number,
    { resolve: (result: Record<string, unknown>) => void; reject: (error: Error) => void }
  >();
  readonly #timer: NodeJS.Timeout;
  #id = 0;
  #stderr = '';

  constructor({ command, args, env, cwd }: ProbedProgram, limitMs: number) {
    this.#child = spawn(command, [...args], {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(cwd !== undefined && { cwd }),
    });
    this.#timer = setTimeout(() => this.#fail(`it did not answer in ${Math.round(limitMs / 1000)} s`), limitMs);
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-2_000);
    });
    this.#child.on('error', (error: NodeJS.ErrnoException) =>
      this.#fail(`it cannot be started (${error.code ?? error.name})`),
    );
    this.#child.on('close', (code) => this.#fail(`it ended with code ${code}`));
    if (this.#child.stdout !== null)
      createInterface({ input: this.#child.stdout }).on('line', (line) => this.#read(line));
  }

  request(method: string, params: object): Promise<Record<string, unknown>> {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    });
  }

  notify(method: string): void {
    this.#child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', method })}\n`);
  }

  /** Ends its input, and the process soon after if it stays. */
  end(): void {
    clearTimeout(this.#timer);
    this.#child.stdin?.end();
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), 2_000);
    this.#child.on('close', () => clearTimeout(kill));
  }

  #read(line: string): void {
    let message: { id?: unknown; result?: unknown; error?: { code?: unknown } };
    try {
      message = JSON.parse(line) as typeof message;
    } catch {
      return this.#fail('it writes something else than the protocol to standard output');
    }
    const waiting = typeof message.id === 'number' ? this.#waiting.get(message.id) : undefined;
    if (waiting === undefined) return;
    this.#waiting.delete(message.id as number);
    if (typeof message.result === 'object' && message.result !== null)
      waiting.resolve(message.result as Record<string, unknown>);
    else waiting.reject(new Error(`it refused with code ${String(message.error?.code)}`));
  }

  #fail(why: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(why));
    this.#waiting.clear();
  }
}
