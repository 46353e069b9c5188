import { StoreError, toStoreError } from '../../core/errors.ts';
import { commitPath } from './layout.ts';

/** `CORRUPT`: the commit before the one to be made is not there. */
export function missingBefore(index: number): StoreError {
  return new StoreError('CORRUPT', `the log has a gap: commit ${index} is missing`, {
    hint: `Put log/${commitPath(index)} back from a backup. Nothing is written while the gap is there.`,
    advice: [{ do: 'verify' }],
    details: { index },
  });
}

/** `STORE_FULL`: nine digits are used up. */
export function noIndexLeft(): StoreError {
  return new StoreError('STORE_FULL', 'the log has no index left', { hint: 'A new store has to be begun.' });
}

/** `STATE_UNKNOWN`: the commit has its place, but whether it stays there is not known, whatever kept its folder from being flushed. */
export function linkedNotDurable(error: unknown): StoreError {
  const reason = toStoreError(error);
  if (reason.code === 'STATE_UNKNOWN') return reason;
  return new StoreError('STATE_UNKNOWN', `a commit was made and its folder could not be flushed: ${reason.message}`, {
    hint: 'The change may be there or not, so this process writes nothing more. Repair what the message names, restart, and look.',
    advice: [{ do: 'verify' }],
    cause: error,
  });
}

/** `STORE_BUSY`: an unfinished file is removed each time before it gets its name. */
export function sweptEachTime(): StoreError {
  return new StoreError('STORE_BUSY', 'unfinished files in storage/tmp are removed as soon as they are written', {
    hint: 'Nothing was committed. Find out what removes them, and try again.',
  });
}
