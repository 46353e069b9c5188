import { StoreError, toStoreError } from '../../core/errors.ts';

/** `STATE_UNKNOWN`: the commit has its place, but whether it stays there is not known. */
export function linkedNotDurable(error: unknown): StoreError {
  const reason = toStoreError(error);
  if (reason.code === 'STATE_UNKNOWN') return reason;
  return new StoreError('STATE_UNKNOWN', `a commit was made and could not be made durable: ${reason.message}`, {
    hint: 'The change may be there or not, so this process writes nothing more. Fix what the message names and restart.',
    advice: [{ do: 'verify' }],
    cause: error,
  });
}

/** `STORE_BUSY`: the commit was not made, because another process was always first. */
export function lostEveryRace(waitedMs: number): StoreError {
  return new StoreError(
    'STORE_BUSY',
    `other processes took every place in the log for ${Math.round(waitedMs / 1000)} seconds`,
    { hint: 'Nothing was committed. Try again.' },
  );
}

/** `CANCELLED`: asked of a store that was closed. */
export function closedStore(): StoreError {
  return new StoreError('CANCELLED', 'the store was closed', { hint: 'Nothing was committed. Open it again.' });
}

/** `CORRUPT`: a commit inside the log is missing, or is not the one its follower names. */
export function brokenChain(index: number, missing: boolean): StoreError {
  return new StoreError(
    'CORRUPT',
    missing
      ? `commit ${index} is missing from the log`
      : `commit ${index} in the log is not the one that the commits after it were signed on`,
    {
      hint: 'Bring it back from a backup of the storage. Nothing is written until then.',
      advice: [{ do: 'verify' }],
      details: { index },
    },
  );
}

/** The entry at the next index is no commit of this store: readers go on from the last good one, writers stop. */
export function notACommit(index: number, cause: StoreError): StoreError {
  const details = { index };
  if (cause.code === 'STORE_NEWER')
    return new StoreError('STORE_NEWER', `commit ${index}: ${cause.message}`, {
      hint: cause.hint,
      advice: [{ do: 'upgrade' }],
      details,
      cause,
    });
  if (cause.code === 'STATE_UNKNOWN' || cause.code === 'STORE_UNREADABLE') return cause;
  return new StoreError(
    cause.code === 'KEY_UNTRUSTED' ? cause.code : 'CORRUPT',
    `the entry at index ${index} of the log is not a commit of this store: ${cause.message}`,
    {
      hint: 'Reads answer from the commit before it.',
      advice: [{ do: 'verify' }, { do: 'repair' }],
      details,
      cause,
    },
  );
}

/** `CORRUPT`: what the log says of a version, or the bytes of an artifact, cannot be had, and the cache is not to blame. */
export function damagedVersion(message: string): StoreError {
  return new StoreError('CORRUPT', message, {
    hint: 'Put the same bytes again, or bring the storage back from a backup.',
    advice: [{ do: 'verify' }],
  });
}
