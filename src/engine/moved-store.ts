import { StoreError } from '../core/errors.ts';

/** An address or a path, in one line. */
const PLACE = /^(?:[a-z][a-z0-9+.-]{0,30}:\/\/|\/|[A-Za-z]:\\|\\\\)[^\p{C}\p{Zl}\p{Zp}]{0,500}$/u;

/** Returns the place that a mark names, quoted. A mark is not signed: text that is neither an address nor a path is not shown. */
export function movedPlace(to: string): string {
  return PLACE.test(to) ? JSON.stringify(to) : 'another place';
}

/** `STORE_READONLY`: the store is elsewhere now; a copy that goes on here would become another store. */
export function movedStore(to: string): StoreError {
  return new StoreError('STORE_READONLY', `the store was moved to ${movedPlace(to)}`, {
    hint: 'Nothing was written. What is here stays as it was then; use the new address. The mark that says so is not signed: ask who moved it.',
    advice: [{ do: 'set', setting: 'CONFIG_STORE_STORAGE' }],
    ...(PLACE.test(to) && { details: { moved_to: to } }),
  });
}
