import { StoreError } from '../../core/errors.ts';
import { pause } from '../../disk/busy.ts';
import { CacheDisagrees, CacheTaken } from '../cache/cache-rows.ts';
import { damagedVersion } from '../commits/faults.ts';

/** How often the cache is made again after other processes took it away: each of them does so once, as a rule. */
const MAX_TAKEN = 50;

/**
 * Does work that uses the cache, and `again` where that was wrong: once, and as often as other processes take it away meanwhile.
 *
 * @throws StoreError CORRUPT when it is wrong again, STORE_BUSY when it is taken away all the time
 */
export async function untilAgreed<T>(
  work: () => Promise<T>,
  again: (disagreement: CacheDisagrees) => Promise<T>,
): Promise<T> {
  let next = work;
  for (let [wrong, taken] = [0, 0]; ; ) {
    try {
      return await next();
    } catch (error) {
      if (!(error instanceof CacheDisagrees)) throw error;
      if (!(error instanceof CacheTaken)) wrong++;
      else if (++taken > MAX_TAKEN) throw takenAllTheTime();
      else await pause();
      if (wrong > 1) throw damagedVersion(`the log and the cache just made from it disagree: ${error.message}`);
      next = () => again(error);
    }
  }
}

/** Asks the cache; one that is wrong is made again from the log, and asked once more. @throws StoreError as `untilAgreed` */
export function askTwice<T>(
  ask: () => Promise<T>,
  { rebuild, onFault }: { rebuild: () => Promise<void>; onFault: (error: StoreError) => void },
): Promise<T> {
  return untilAgreed(ask, async ({ message }) => {
    onFault(damagedVersion(`the cache was wrong and is made again from the log: ${message}`));
    await rebuild();
    return ask();
  });
}

function takenAllTheTime(): StoreError {
  return new StoreError('STORE_BUSY', 'other processes make the cache again all the time', {
    hint: 'Nothing was changed. Try again; if it repeats, let one rebuild come to its end alone.',
  });
}
