import { pause } from '../../disk/busy.ts';
import { DatabaseError, isPassing, LineLost, storeFault } from './faults.ts';
import type { Line } from './line.ts';
import type { Mirror } from './mirror.ts';
import type { Tables } from './tables.ts';

/** How long a write goes on trying while the line is down, in milliseconds, and how often at most. */
export const PATIENCE_MS = 10_000;
export const MAX_ATTEMPTS = 1_000;

/** Parts that all of the engine uses. */
export interface Database {
  readonly line: Line;
  readonly tables: Tables;
  /** This installation's own copy; undefined where it keeps none. */
  readonly mirror: Mirror | undefined;
  /** Throws when nothing may be written. */
  readonly check: () => void;
}

/** Runs work on the database; what it fails with is said for a person who wanted to do this. */
export async function on<T>({ line }: Database, doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeFault(error, line.address, doing);
  }
}

/**
 * Runs work that may be done twice, again and again while the line is down or others are in the way.
 *
 * @throws StoreError what the last attempt failed with
 */
export function insisting<T>(database: Database, doing: string, work: () => Promise<T>): Promise<T> {
  return on(database, doing, async () => {
    const until = performance.now() + PATIENCE_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        const again = error instanceof LineLost || (error instanceof DatabaseError && isPassing(error.code));
        if (!again || performance.now() > until || attempt >= MAX_ATTEMPTS) throw error;
      }
      await breathe(attempt);
    }
  });
}

/** Waits a little longer after each attempt, half a second at most. */
export async function breathe(attempt: number): Promise<void> {
  const ms = Math.min(500, 10 * 2 ** Math.min(attempt, 6));
  await (ms < 50 ? pause() : new Promise((resolve) => setTimeout(resolve, ms * (0.5 + Math.random() / 2))));
}
