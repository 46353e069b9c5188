import type { Guidance } from './advice.ts';
import { ERROR_CODES, type ErrorCode, type StoreError } from './errors.ts';

/** Codes of notices that are no failures of their own. */
export type NoticeCode =
  | ErrorCode
  | 'NOT_ANCHORED'
  | 'NETWORK_STORAGE'
  | 'STORAGE_DOUBTFUL'
  | 'STORE_UNREACHABLE'
  | 'CLOCK_AHEAD'
  | 'NO_STOP_EVENT'
  | 'FORKED'
  | 'STRAY_FILE'
  | 'CACHE_IN_MEMORY'
  | 'PIN_NOT_WRITTEN'
  | 'PIN_DAMAGED'
  | 'EMPTIED'
  | 'SERVERS_REMOVED'
  | 'MOSTLY_REMOVED'
  | 'COMMENTS_REMOVED'
  | 'MEDIA_TYPE_CHANGED'
  | 'NOT_WELL_FORMED';

/** Something a reader must know next to an answer: why it is doubtful, or what was found wrong. */
export interface Notice extends Guidance {
  readonly severity: 'error' | 'warning';
  readonly code: NoticeCode;
  /** The thing it is about: `log/42`, `sha256:…`, `keys/…`, a file, a config's name. */
  readonly where?: string | undefined;
  /** The fault, in words. */
  readonly message: string;
}

/** Returns a notice as one line: its code where it is a failure's, what is wrong, and the guidance in an adapter's words. */
export function noticeLine(notice: Notice, guide: (guidance: Guidance) => string = () => ''): string {
  const { code, message } = notice;
  const isFailure = (ERROR_CODES as readonly string[]).includes(code);
  const prefix = isFailure ? `${code}: ` : '';
  const text = guide(notice);
  return `${prefix}${message}${text === '' ? '' : `. ${text}`}`;
}

/** Returns an error as a notice next to an answer. */
export function noticeOf(error: StoreError, where?: string): Notice {
  const { code, message, hint, advice } = error;
  return { severity: 'warning', code, message, hint, advice, where };
}
