import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';

interface Answer {
  readonly id?: number;
  readonly result?: { readonly isError?: boolean };
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The least an MCP client can be: JSON-RPC lines to and from a process. It takes as little time of its own as it can, so that
 * what is measured is the server.
 */
export class StdioPeer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #startedMs = performance.now();
  #rest = '';
  #nextId = 1;
  readonly #waiting = new Map<number, Waiting>();

  /** Starts `node script ...args`; its stderr is shown, unless it greets there. */
  constructor(script: string, args: readonly string[], env: NodeJS.ProcessEnv, greets = false) {
    this.#child = spawn(process.execPath, [script, ...args], { env });
    if (greets) this.#child.stderr.resume();
    else this.#child.stderr.pipe(process.stderr);
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.#child.once('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the server ended with code ${code}`));
    });
  }

  /** The process, for what the system says of it. */
  get pid(): number {
    return this.#child.pid ?? Number.NaN;
  }

  /** Milliseconds since the process was asked for. */
  get ageMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** The handshake of a 2025-era client. */
  async initialize(): Promise<void> {
    const clientInfo = { name: 'bench', version: '0' };
    await this.request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
    this.#send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }

  /** @throws Error when the tool says that it failed: nothing is measured by accident that did not work */
  async call(name: string, args: object): Promise<void> {
    const { result } = await this.request('tools/call', { name, arguments: args });
    if (result?.isError === true) throw new Error(`${name} failed: ${JSON.stringify(result).slice(0, 500)}`);
  }

  /** One request and its answer. */
  async request(method: string, params: object): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const id = this.#nextId++;
    this.#waiting.set(id, { resolve, reject });
    this.#send({ jsonrpc: '2.0', id, method, params });
    const answer = await promise;
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
    return answer;
  }

  /** Ends its input and waits until it is gone. */
  async close(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.stdin.end();
    await gone;
  }

  #send(message: object): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  #read(text: string): void {
    this.#rest += text;
    if (!text.includes('\n')) return;
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const answer = JSON.parse(line) as Answer;
      if (answer.id === undefined) continue;
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
    }
  }
}
