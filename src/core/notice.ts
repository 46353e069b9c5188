import type { Advice } from './advice.ts';
import type { ErrorCode, StoreError } from './errors.ts';

/** Codes of notices that are no failures of their own. */
export type NoticeCode =
  | ErrorCode
  | 'NOT_ANCHORED'
  | 'NETWORK_STORAGE'
  | 'CACHE_IN_MEMORY'
  | 'PIN_NOT_WRITTEN'
  | 'PIN_DAMAGED';

/** Something a reader must know beside an answer: why it is doubtful, or what was found wrong. */
export interface Notice {
  readonly severity: 'error' | 'warning';
  readonly code: NoticeCode;
  /** What it is about: `log/42`, `sha256:…`, `keys/…`, a file, a config's name. */
  readonly where?: string | undefined;
  /** What is wrong. */
  readonly message: string;
  /** What to do now, in words that name no command and no tool. */
  readonly hint?: string | undefined;
  /** What to do now, for the adapter to word. */
  readonly advice?: readonly Advice[] | undefined;
}

/** A notice that stands beside an answer, as one line: its code where it is a failure's, what is wrong, what to do. */
export function noticeText({ code, message, hint }: Notice): string {
  const prefix =
    code === 'NOT_ANCHORED' || code === 'NETWORK_STORAGE' || code === 'CACHE_IN_MEMORY' || code.startsWith('PIN_')
      ? ''
      : `${code}: `;
  return `${prefix}${message}${hint === undefined ? '' : `. ${hint}`}`;
}

/** What an error says, as a notice beside an answer. */
export function noticeOf(error: StoreError, where?: string): Notice {
  const { code, message, hint, advice } = error;
  return { severity: 'warning', code, message, hint, advice, where };
}
