import { StoreError } from './errors.ts';

/** Returns `CANCELLED`: the person ended it before anything was changed. */
export function cancelled(cause?: unknown): StoreError {
  return new StoreError('CANCELLED', 'nothing was changed', { hint: '', cause });
}

/** Gives items out one by one until the signal is aborted. @throws StoreError CANCELLED then */
export async function* unlessAborted<T>(
  items: Iterable<T> | AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  for await (const item of items) {
    if (signal?.aborted) throw cancelled();
    yield item;
  }
}
