import type { BackupFacts } from '../../archive/inspect.ts';

/** Returns whose backup it is and where it ends, for a person who compares. */
export function originLine({ store, head }: Pick<BackupFacts, 'store' | 'head'>): string {
  if (store === undefined) return 'nothing in it says of which store it is';
  return `of the store ${store}${head === undefined ? '' : `, up to commit ${head.index} (${head.commit})`}`;
}
