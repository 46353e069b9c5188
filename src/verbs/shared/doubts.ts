import { noticeText } from '../../core/notice.ts';
import type { Store } from '../../store/api/store.ts';

/** What a result carries when the store as a whole cannot be vouched for. */
export interface Doubts {
  /** Why: it is another's, older than what was seen here, damaged, or nothing here says whose it is. Absent when all is well. */
  readonly warnings?: readonly string[] | undefined;
}

/** The doubts that hold for everything read from a store now. */
export function doubtsOf(store: Store): Doubts {
  const warnings = store.state.notices().map(noticeText);
  return warnings.length === 0 ? {} : { warnings };
}
