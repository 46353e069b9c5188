import type { Readable, Writable } from 'node:stream';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { quietMoment } from '../core/quiet-moment.ts';
import type { Context } from '../verbs/shared/context.ts';
import { type Changes, ChangeWatcher } from './change-watcher.ts';
import type { ClientInfo, ServeObserver, StopReason } from './observer.ts';
import { createServer } from './server.ts';
import { LineTransport } from './stdio/transport.ts';

/** How long calls in flight may take once the end has come, then the store's close, then the last bytes; in milliseconds. */
const DRAIN_MS = 600;
const CLOSE_MS = 100;
const FLUSH_MS = 50;
/** When the process has to be gone though something of the above, or what comes after it, does not end; milliseconds. */
const OVERDUE_MS = 800;
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** After one of these the client waits for notifications of changes. */
const WATCHED = new Set(['subscriptions/listen', 'resources/list']);

/** The parts the composition root gives the server. */
export interface ServeOptions {
  /**
   * The context of the verbs for one connection. `client` says who asks, for the author of commits: call it when a commit
   * is made, not before. `store` must give the same store to every connection, opened at its first use.
   */
  readonly context: (client: () => ClientInfo) => Context;
  /** Closes the store of the contexts, if it was opened. */
  readonly close: () => Promise<void>;
  readonly observer?: ServeObserver | undefined;
  /** Called for unexpected faults, for the operational log; never with content. */
  readonly onFault?: ((error: Error) => void) | undefined;
  /** Called once in a quiet moment after the first answer: loads what the first signature needs. Must have no effect outside the process. */
  readonly warm?: (() => Promise<void>) | undefined;
  /** Called when the end took too long: a disk or a file keeps something waiting, and the process has to go. */
  readonly onOverdue?: (() => void) | undefined;
  /** Does not list the tools that write. */
  readonly readOnly: boolean;
  readonly version: string;
  readonly stdin?: Readable | undefined;
  readonly stdout?: Writable | undefined;
}

/**
 * Serves MCP over stdio until the end of input, a signal, or the loss of the reader; then drains the calls in flight,
 * closes the store and resolves with the exit code, within a second. Opens nothing before a call asks for it. The caller
 * must end the process with the code: whatever else is open must not keep it.
 */
export async function serve(options: ServeOptions): Promise<number> {
  const { stdin = process.stdin, stdout = process.stdout, observer = {} } = options;
  const onFault = (error: Error) => options.onFault?.(error);
  const startedMs = performance.now();
  const { promise: stopped, resolve: stop } = Promise.withResolvers<StopReason>();
  const signals = SIGNALS.map((signal) => ({ signal, listener: () => stop(signal) }));
  for (const { signal, listener } of signals) process.on(signal, listener);

  const { context, readOnly, version } = options;
  const tellers = new Set<(changes: Changes) => void>();
  const watcher = new ChangeWatcher(context(() => ({ name: 'watcher', version })).store, (changes) => {
    for (const tell of tellers) tell(changes);
  });
  const transport = new LineTransport({
    stdin,
    stdout,
    onEnd: stop,
    onInbound: (method) => {
      if (WATCHED.has(method)) void watcher.start();
    },
    onFirstAnswer: () => {
      // The client's next requests come first.
      if (!readOnly) void quietMoment().then(options.warm).catch(onFault);
    },
  });
  const handle = serveStdio(
    ({ era }) => {
      const { server, tell } = createServer({
        context,
        observer,
        onFault,
        watcher,
        readOnly,
        version,
        era,
        declared: () => transport.declared,
      });
      tellers.add(tell);
      return server;
    },
    { transport },
  );
  observer.started?.({ readOnly, version });

  const reason = await stopped;
  if (options.onOverdue !== undefined) setTimeout(options.onOverdue, OVERDUE_MS).unref();
  observer.draining?.({ reason });
  transport.stopReading();
  const drained = await transport.drained(DRAIN_MS);
  await handle.close();
  watcher.stop();
  await within(CLOSE_MS, options.close(), onFault);
  observer.stopped?.({ reason, uptimeMs: performance.now() - startedMs, drained });
  if (reason !== 'stdout') await within(FLUSH_MS, new Promise((resolve) => stdout.write('', resolve)), onFault);
  for (const { signal, listener } of signals) process.off(signal, listener);
  return 0;
}

/** Waits for work, but not longer than the exit may take; its failure is reported, not thrown. */
async function within(limitMs: number, work: Promise<unknown>, onFault: (error: Error) => void): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  await Promise.race([
    work.catch((error: unknown) => onFault(error instanceof Error ? error : new Error(String(error)))),
    late,
  ]);
  clearTimeout(timer);
}
