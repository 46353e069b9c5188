import type { Environment } from './environment.ts';

/** Why writes are refused where reads deserve doubt too. */
const DOUBTFUL: ReadonlySet<string> = new Set(['STORE_FOREIGN', 'ROLLED_BACK', 'CORRUPT']);

/**
 * Says on stderr what makes a list or a comparison doubtful: the store is another's, older than what was seen here, damaged
 * at its end, or nothing here says whose it is. A command that reads one config says it by itself.
 */
export async function warnOfDoubt({ store: open, output }: Environment): Promise<void> {
  const { store, anchor, writable, warnings } = await (await open()).status();
  if (store === undefined) return;
  if (anchor !== 'foreign' && anchor !== 'none' && !DOUBTFUL.has(writable?.code ?? '')) return;
  for (const warning of warnings) await output.warn(warning);
}
