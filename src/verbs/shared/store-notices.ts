import type { Notice } from '../../core/notice.ts';
import type { Store } from '../../store/api/store.ts';

/** Notices about the store that an answer came from. */
export interface StoreNotices {
  /** Why reads are currently unverified: foreign store, rollback, damage, or no trust anchor. Absent when all is well. */
  readonly notices?: readonly Notice[] | undefined;
}

/** Returns the notices that apply to everything read from a store now. */
export function storeNotices(store: Store): StoreNotices {
  const notices = store.state.notices();
  return notices.length === 0 ? {} : { notices };
}
