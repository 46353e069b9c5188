import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The command as a host starts it. */
export const COMMAND = join(import.meta.dirname, '../../dist/main.js');

/** A JSON-RPC line as the server wrote it. */
export interface Reply {
  readonly jsonrpc: '2.0';
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: Readonly<Record<string, unknown>>;
  };
}

/** An empty folder for one test, removed after it. */
export async function temporaryVar(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'config-store-e2e-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A server, however it is started, that is spoken to line by line, without any SDK in between. */
export class StdioPeer {
  readonly child: ChildProcessWithoutNullStreams;
  readonly exited: Promise<[number | null, NodeJS.Signals | null]>;
  /** Every line on stdout, parsed; a line that is not JSON-RPC fails the wait that meets it. */
  readonly replies: Reply[] = [];
  stderr = '';
  #rest = '';
  #bad: string | undefined;
  #wake: Array<() => void> = [];

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn(command, args, { env });
    this.exited = once(this.child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    // The server may be gone before the last line is written: its exit is what the tests look at.
    this.child.stdin.on('error', () => undefined);
    void this.exited.then(() => this.#wakeAll());
    onTestFinished(() => {
      this.child.kill('SIGKILL');
    });
  }

  /** Writes text or bytes as they are, or a message as one line. */
  write(message: string | Buffer | object): void {
    const raw = typeof message === 'string' || Buffer.isBuffer(message);
    this.child.stdin.write(raw ? message : `${JSON.stringify(message)}\n`);
  }

  request(id: number | string, method: string, params?: object): void {
    this.write({ jsonrpc: '2.0', id, method, ...(params !== undefined && { params }) });
  }

  /** The handshake of the 2025 era. */
  async initialize(): Promise<Reply> {
    this.request('init', 'initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'raw', version: '1' },
    });
    const reply = await this.reply('init');
    this.write({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return reply;
  }

  call(id: number | string, name: string, args: object): void {
    this.request(id, 'tools/call', { name, arguments: args });
  }

  /** The first line that fits; fails when the server ends without it. */
  async waitFor(fits: (reply: Reply) => boolean): Promise<Reply> {
    for (;;) {
      if (this.#bad !== undefined) throw new Error(`not JSON-RPC on stdout: ${this.#bad}`);
      const found = this.replies.find(fits);
      if (found !== undefined) return found;
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`the server ended without it: ${this.stderr}`);
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  async reply(id: number | string): Promise<Reply> {
    return this.waitFor((reply) => reply.id === id);
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#take(line);
    this.#wakeAll();
  }

  #take(line: string): void {
    try {
      const value = JSON.parse(line) as Reply;
      if (value.jsonrpc === '2.0') this.replies.push(value);
      else this.#bad ??= line;
    } catch {
      // Told by the next wait.
      this.#bad ??= line;
    }
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) resolve();
  }
}

/** The bundle as a process. */
export class ServerProcess extends StdioPeer {
  constructor(folder: string, flags: readonly string[] = [], settings: Readonly<Record<string, string>> = {}) {
    const env = { ...process.env, CONFIG_STORE_TELEMETRY: 'off', ...settings };
    super(process.execPath, [COMMAND, 'serve', '--var', folder, ...flags], env);
  }
}
