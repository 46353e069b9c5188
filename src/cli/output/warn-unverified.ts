import type { Environment } from '../program/command.ts';
import { noticeText } from './advice.ts';

/**
 * Says on stderr what makes a list or a comparison doubtful: the store is another's, older than what was seen here, damaged,
 * or nothing here says whose it is. A command that reads one config says it by itself.
 */
export async function warnOfDoubt({ store, output }: Environment): Promise<void> {
  for (const notice of (await store()).state.notices()) await output.warn(noticeText(notice));
}
