import { StoreError, toStoreError } from '../../core/errors.ts';

/** The commit has its place, but whether it stays there is not known, whatever kept the folder from being fsynced. */
export function linkedNotDurable(error: unknown): StoreError {
  const reason = toStoreError(error);
  if (reason.code === 'STATE_UNKNOWN') return reason;
  return new StoreError('STATE_UNKNOWN', `a commit was made and its folder could not be fsynced: ${reason.message}`, {
    hint: 'The change may be there or not, so this process writes nothing more. Mend what the message names, restart, and look with "config-store verify".',
    cause: error,
  });
}

/** `STORE_BUSY`: the commit was not made, because another process was always first. */
export function lostEveryRace(waitedMs: number): StoreError {
  return new StoreError(
    'STORE_BUSY',
    `other processes took every place in the log for ${Math.round(waitedMs / 1000)} seconds`,
    {
      hint: 'Nothing was committed. Try again.',
    },
  );
}

/** `CANCELLED`: asked of a store that was closed. */
export function closedStore(): StoreError {
  return new StoreError('CANCELLED', 'the store was closed', { hint: 'Nothing was committed. Open it again.' });
}
