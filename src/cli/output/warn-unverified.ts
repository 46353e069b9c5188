import type { Environment } from '../program/command.ts';
import { noticeText } from './advice.ts';

/**
 * Writes to stderr why reads are currently unverified: foreign store, rollback, damage, or no trust anchor. For lists and
 * comparisons: a command that reads one config warns by itself.
 */
export async function warnOfDoubt({ context, output }: Environment): Promise<void> {
  for (const notice of (await context.store()).state.notices()) await output.warn(noticeText(notice));
}
