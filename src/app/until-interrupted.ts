import { cancelled } from '../core/cancelled.ts';

/** Waits for work that changes nothing. @throws StoreError CANCELLED on Ctrl-C, and what the work throws */
export async function untilInterrupted<T>(work: Promise<T>): Promise<T> {
  let interrupt = (): void => undefined;
  const interrupted = new Promise<never>((_resolve, reject) => {
    interrupt = () => reject(cancelled());
  });
  process.once('SIGINT', interrupt);
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}
