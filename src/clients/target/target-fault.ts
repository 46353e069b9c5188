import { StoreError } from '../../core/errors.ts';

/** Returns the `errno` name of a file system error, also of one that durable.ts has explained already. */
export function errnoOf(error: unknown): string | undefined {
  const at = error instanceof StoreError ? error.cause : error;
  return (at as NodeJS.ErrnoException | undefined)?.code;
}

/** Returns a file system error at a client's file as a person reads it; the file was left as it is. */
export function targetFault(error: unknown, path: string, verb: 'read' | 'written'): StoreError {
  const code = errnoOf(error);
  if (code === undefined || (error instanceof StoreError && error.code === 'STATE_UNKNOWN'))
    return error instanceof StoreError ? error : unusable(path, verb, 'unknown error', error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new StoreError('STORE_FULL', `there is no room to write next to ${path}`, {
      hint: 'Nothing was changed. Free some space on that disk and try again.',
      details: { file: path },
      cause: error,
    });
  return unusable(path, verb, code, error);
}

/** Returns `TARGET_CHANGED`: another program wrote the client's file after it was read. */
export function targetChanged(path: string): StoreError {
  return new StoreError('TARGET_CHANGED', `${path} was changed by another program meanwhile`, {
    hint: 'Nothing was written. Quit the client, and run the command again.',
    details: { file: path },
  });
}

/** Returns `STATE_UNKNOWN`: the new text is in place, but the disk did not confirm it. */
export function unconfirmed(path: string, cause: unknown): StoreError {
  return new StoreError(
    'STATE_UNKNOWN',
    `${path} was written, but the disk did not confirm it (${errnoOf(cause) ?? 'unknown error'})`,
    {
      hint: 'Run the command again to see whether it is still there; a copy of its former content is next to it.',
      details: { file: path },
      cause,
    },
  );
}

/** Returns `STATE_UNKNOWN`: writing in place stopped halfway. */
export function partlyWritten(path: string, backup: string, cause: unknown): StoreError {
  return new StoreError(
    'STATE_UNKNOWN',
    `${path} may have been written only in part (${errnoOf(cause) ?? 'unknown error'})`,
    {
      hint: `Its former content is in ${backup}: copy that over it.`,
      details: { file: path, backup },
      cause,
    },
  );
}

function unusable(path: string, verb: string, code: string, cause: unknown): StoreError {
  return new StoreError('ARGUMENT_INVALID', `${path} cannot be ${verb} (${code})`, {
    hint: 'Nothing was changed. Run this as the user the file belongs to, or paste the entry by hand.',
    advice: [{ do: 'print-entry' }],
    details: { file: path },
    cause,
  });
}
