import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';

/** A question to a database. */
export interface Ask {
  readonly url: string;
  /** Address of a store whose tables are made first. */
  readonly prepare?: string | undefined;
  readonly text: string;
  readonly values: readonly unknown[];
}

export type Asked = { readonly rows: readonly Record<string, unknown>[] } | { readonly error: string };

let line: { port: MessagePort; flag: Int32Array } | undefined;

/** Asks a database and waits for its answer without a turn of the event loop, as reading a file does. */
export function askSync(ask: Ask): readonly Record<string, unknown>[] {
  line ??= open();
  const { port, flag } = line;
  Atomics.store(flag, 0, 0);
  port.postMessage(ask);
  Atomics.wait(flag, 0, 0, 60_000);
  const { message: asked } = (receiveMessageOnPort(port) ?? { message: { error: 'no answer' } }) as { message: Asked };
  if ('error' in asked) throw new Error(asked.error);
  return asked.rows;
}

function open(): { port: MessagePort; flag: Int32Array } {
  const { port1, port2 } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  new Worker(new URL('./sync-worker.ts', import.meta.url), {
    workerData: { port: port2, flag },
    transferList: [port2],
  }).unref();
  port1.unref();
  return { port: port1, flag };
}
