import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ServerConnection } from './handshake.ts';
import { resultOf } from './result-of.ts';

/** A program to start. */
export interface ServerProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string | undefined;
}

interface Waiting {
  readonly resolve: (result: Record<string, unknown>) => void;
  readonly reject: (error: Error) => void;
}

/** A server as a process of its own, over its standard input and output. */
export class ProcessConnection implements ServerConnection {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #timer: NodeJS.Timeout;
  #id = 0;

  constructor({ command, args, env, cwd }: ServerProgram, limitMs: number) {
    this.#child = spawn(command, [...args], {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
      ...(cwd !== undefined && { cwd }),
    });
    this.#timer = setTimeout(() => this.#fail(`it did not answer in ${Math.round(limitMs / 1000)} s`), limitMs);
    this.#child.stdin?.on('error', () => undefined);
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
    let message: { id?: unknown };
    try {
      message = JSON.parse(line) as typeof message;
    } catch {
      return this.#fail('it writes something else than the protocol to standard output');
    }
    const waiting = typeof message.id === 'number' ? this.#waiting.get(message.id) : undefined;
    if (waiting === undefined) return;
    this.#waiting.delete(message.id as number);
    try {
      waiting.resolve(resultOf(message));
    } catch (error) {
      waiting.reject(error as Error);
    }
  }

  #fail(why: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(why));
    this.#waiting.clear();
  }
}
