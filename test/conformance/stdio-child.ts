import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A JSON-RPC message as it stands on the wire; its parts are looked at only where the bridge must. */
export interface Message {
  readonly jsonrpc: '2.0';
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: { readonly _meta?: Readonly<Record<string, unknown>> } & Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

/** Somebody who sent a request and gets everything that belongs to it. */
export interface Exchange {
  /** A notification or a request of the server; comes before the answer. */
  readonly onEvent: (message: Message) => void;
  readonly onAnswer: (message: Message) => void;
}

interface Pending extends Exchange {
  readonly id: string | number;
  readonly progressToken: unknown;
}

const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';

/**
 * One server process on stdio, shared by several senders: request ids and progress tokens are made unique on the way in and
 * given back on the way out.
 */
export class StdioChild {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #rest = '';
  #bad: string | undefined;
  #stderr = '';

  constructor(command: string, args: readonly string[]) {
    this.#process = spawn(command, args, { env: { ...process.env, CONFIG_STORE_TELEMETRY: 'off' } });
    this.#process.stdout.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    // A child that is gone is told by its exit code.
    this.#process.stdin.on('error', () => undefined);
  }

  /** Sends a request; says how to give it up. */
  request(message: Message & { readonly id: string | number }, exchange: Exchange): { cancel: () => void } {
    const id = this.#nextId++;
    const progressToken = message.params?._meta?.['progressToken'];
    this.#pending.set(id, { ...exchange, id: message.id, progressToken });
    const params =
      progressToken === undefined
        ? message.params
        : { ...message.params, _meta: { ...message.params?._meta, progressToken: id } };
    this.#write({ ...message, id, ...(params !== undefined && { params }) });
    return {
      cancel: () => {
        if (!this.#pending.delete(id)) return;
        this.#write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
      },
    };
  }

  /** Passes on a notification of the client, or its answer to a request of the server. */
  forward(message: Message): void {
    const requestId = message.params?.['requestId'];
    if (message.method !== 'notifications/cancelled') return this.#write(message);
    for (const [id, pending] of this.#pending)
      if (pending.id === requestId) this.#write({ ...message, params: { ...message.params, requestId: id } });
  }

  /** Ends it as a host does, by closing its input. @throws Error when it wrote anything else than JSON-RPC, or did not exit with 0 */
  async end(): Promise<void> {
    this.#process.stdin.end();
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, 'exit');
    if (this.#bad !== undefined) throw new Error(`not JSON-RPC on stdout: ${this.#bad}`);
    if (this.#process.exitCode !== 0)
      throw new Error(`the server ended with ${this.#process.exitCode}: ${this.#stderr}`);
  }

  #write(message: Message): void {
    this.#process.stdin.write(`${JSON.stringify(message)}\n`);
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      try {
        this.#deliver(JSON.parse(line) as Message);
      } catch {
        // Told at the end, where a test hears it.
        this.#bad ??= line;
      }
    }
  }

  #deliver(message: Message): void {
    if (message.method === undefined) {
      const pending = this.#pending.get(message.id as number);
      this.#pending.delete(message.id as number);
      pending?.onAnswer({ ...message, id: pending.id });
      return;
    }
    const subscription = message.params?._meta?.[SUBSCRIPTION_ID];
    const progressToken = message.params?.['progressToken'];
    // What names no request belongs to the newest: the suite has one in flight whenever it waits for such a message.
    const owner = subscription ?? progressToken ?? [...this.#pending.keys()].at(-1);
    const pending = this.#pending.get(Number(owner));
    pending?.onEvent({
      ...message,
      ...(message.params !== undefined && {
        params: {
          ...message.params,
          ...(progressToken !== undefined && { progressToken: pending.progressToken }),
          ...(subscription !== undefined && { _meta: { ...message.params._meta, [SUBSCRIPTION_ID]: pending.id } }),
        },
      }),
    });
  }
}
