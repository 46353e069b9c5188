import type { StoreError } from '../../core/errors.ts';
import { argumentInvalid } from './argument.ts';

/** Which list a cursor belongs to. */
export type CursorKind = 'configs' | 'history' | 'store-history' | 'place' | 'search' | 'resources';

/** Returns an opaque cursor: where the next page of one kind of list begins. */
export function encodeCursor(kind: CursorKind, position: string): string {
  return Buffer.from(`${kind}:${position}`, 'utf8').toString('base64url');
}

/** Returns the position a cursor holds. @throws StoreError ARGUMENT_INVALID when it is not one of this kind of list */
export function decodeCursor(kind: CursorKind, cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!text.startsWith(`${kind}:`) || encodeCursor(kind, text.slice(kind.length + 1)) !== cursor) {
    throw badCursor();
  }
  return text.slice(kind.length + 1);
}

/** Returns `ARGUMENT_INVALID` for a cursor that this list never returned. */
export function badCursor(): StoreError {
  return argumentInvalid(
    'the cursor is not one that this list returned',
    'Give the cursor of the page before unchanged, or none to start at the first page.',
  );
}
