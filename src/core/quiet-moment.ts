/** How long nothing must have been asked of this process, in milliseconds. */
const QUIET_MS = 400;
/** How long work waits at most for such a moment, in milliseconds: a client that never rests must not keep it waiting forever. */
const PATIENCE_MS = 5_000;

let askedAtMs = 0;
/** Work that waits takes its turn, with a quiet moment for each. */
let turn: Promise<void> = Promise.resolve();

/** Notes that something is asked of this process now. */
export function noteRequest(): void {
  askedAtMs = performance.now();
}

/**
 * Resolves when nothing was asked of this process for a while: for work that blocks it and that no answer needs, such as
 * loading a library. Keeps no process alive.
 */
export function quietMoment(): Promise<void> {
  const sinceMs = performance.now();
  turn = turn.then(() => quietSince(sinceMs));
  return turn;
}

async function quietSince(sinceMs: number): Promise<void> {
  for (;;) {
    const nowMs = performance.now();
    const leftMs = Math.min(Math.max(askedAtMs, sinceMs) + QUIET_MS, sinceMs + PATIENCE_MS) - nowMs;
    if (leftMs <= 0) return;
    await new Promise<void>((resolve) => void setTimeout(resolve, leftMs).unref());
  }
}
