import type { StoreError } from '../../core/errors.ts';
import { CacheDisagrees } from '../cache/cache-rows.ts';
import { damagedVersion } from '../commits/faults.ts';

/** Asks the cache; one that is wrong is made again from the log, and asked once more. @throws StoreError CORRUPT when it is wrong again */
export async function askTwice<T>(
  ask: () => Promise<T>,
  { rebuild, onFault }: { rebuild: () => Promise<void>; onFault: (error: StoreError) => void },
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof CacheDisagrees)) throw error;
    onFault(damagedVersion(`the cache was wrong and is made again from the log: ${error.message}`));
  }
  await rebuild();
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof CacheDisagrees)) throw error;
    throw damagedVersion(`the log and the cache just made from it disagree: ${error.message}`);
  }
}
