/** Exit codes of a process that a signal ended, as a shell reports them. */
const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof CODES;
const SIGNALS = Object.keys(CODES) as readonly Signal[];

/** The work that has to be cleared away when this process ends, the newest last. */
const pending = new Set<() => void>();
/** The first Ctrl-C is an answer, which the program gives; the next one ends it. */
let hasCancelled = false;

/**
 * Does work that leaves unfinished files aside, and clears them away when it fails or this process ends meanwhile. A last step
 * that should not be cut by a signal: see `uninterrupted`.
 *
 * @param clear does its work at once, and can be called when there is nothing to clear
 */
export async function clearedUnlessDone<T>(clear: () => void, work: () => Promise<T>): Promise<T> {
  pending.add(clear);
  if (pending.size === 1) {
    for (const signal of SIGNALS) process.on(signal, interrupted);
    process.on('exit', clearUnfinished);
  }
  try {
    return await work();
  } catch (error) {
    clear();
    throw error;
  } finally {
    pending.delete(clear);
    if (pending.size === 0) {
      for (const signal of SIGNALS) process.off(signal, interrupted);
      process.off('exit', clearUnfinished);
    }
  }
}

/** Clears away what unfinished work left, before this process is ended without its `exit`. */
export function clearUnfinished(): void {
  for (const clear of [...pending].reverse()) {
    try {
      clear();
    } catch {
      // the next one may still work; what stays is swept or cleared by the next run
    }
  }
}

/** The first process of a container has no default handlers: the signal cannot be sent again, so this leaves by itself. */
function interrupted(signal: Signal): void {
  if (signal === 'SIGINT' && !hasCancelled) hasCancelled = true;
  else process.exit(CODES[signal]);
}

/** Does a last step that has to be finished once it has begun: a signal that comes meanwhile is not heard. */
export async function uninterrupted<T>(work: () => Promise<T>): Promise<T> {
  const deaf = () => undefined;
  for (const signal of SIGNALS) process.on(signal, deaf);
  try {
    return await work();
  } finally {
    for (const signal of SIGNALS) process.off(signal, deaf);
  }
}
