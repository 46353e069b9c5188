import { StoreError } from '../core/errors.ts';

/** `STORE_READONLY`: the store is elsewhere now; a copy that goes on here would become another store. */
export function movedStore(to: string): StoreError {
  return new StoreError('STORE_READONLY', `the store was moved to ${to}`, {
    hint: 'Nothing was written. What is here stays as it was then; use the new address.',
    advice: [{ do: 'set', setting: 'CONFIG_STORE_STORAGE' }],
    details: { moved_to: to },
  });
}
