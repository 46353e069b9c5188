import { StoreError } from './errors.ts';

/** Returns `CANCELLED`: the person ended it before anything was changed. */
export function cancelled(cause?: unknown): StoreError {
  return new StoreError('CANCELLED', 'nothing was changed', { hint: '', cause });
}
