import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { clearUnfinished } from '../disk/interruption.ts';

/** How long requests to the file system may still take when the process has nothing else to do, in milliseconds. */
const GRACE_MS = 60;
const STEP_MS = 5;
const SHELL = '/bin/sh';
/** Names that the runtime gives to work in a thread of its pool. */
const POOLED: ReadonlySet<string> = new Set(['FSReqCallback', 'FSReqPromise', 'FileHandleCloseReq']);

/**
 * Ends the process. `process.exit` waits for the threads of the pool, and one of them may never come back: from a FIFO without
 * another end, or a disk that does not answer. Then the process turns into one that does nothing but exit, without them.
 */
export async function leave(code: number): Promise<never> {
  for (let waitedMs = 0; hasPooledWork() && waitedMs < GRACE_MS; waitedMs += STEP_MS) await wait(STEP_MS);
  if (hasPooledWork()) cutOff(code);
  process.exit(code);
}

/** Ends the process once what is on its way to stdout is there, or its reader gone; whatever else is open does not keep it. */
export function leaveWhenWritten(code: number): void {
  const exit = () => void leave(code);
  process.stdout.once('error', exit).write('', exit);
}

function hasPooledWork(): boolean {
  return process.getActiveResourcesInfo().some((name) => POOLED.has(name));
}

function cutOff(code: number): void {
  clearUnfinished();
  try {
    // From Node 22.15 on, and not on Windows. The image has no shell.
    const [program, line] = existsSync(SHELL) ? [SHELL, `exit ${code}`] : [process.execPath, `process.exit(${code})`];
    process.execve?.(program, [program, program === SHELL ? '-c' : '-e', line], {});
  } catch {
    // It cannot be replaced: ended without its code.
  }
  process.kill(process.pid, 'SIGKILL');
}

/**
 * Lets the signals that end a process end this one as process 1 of a container too, where they have no effect by themselves.
 * A command that handles one itself is left to it.
 */
export function endOnSignals(): void {
  if (process.pid !== 1) return;
  for (const [signal, number] of [
    ['SIGHUP', 1],
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const)
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) void leave(128 + number);
    });
}
