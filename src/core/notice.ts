import type { Advice } from './advice.ts';
import type { ErrorCode } from './errors.ts';

/** Something a reader must know beside an answer: why it is doubtful, or what was found wrong. */
export interface Notice {
  readonly severity: 'error' | 'warning';
  readonly code: ErrorCode;
  /** What it is about: `log/42`, `sha256:…`, `keys/…`, a file, a config's name. */
  readonly where?: string | undefined;
  /** What is wrong. */
  readonly message: string;
  /** What to do now, in words that name no command and no tool. */
  readonly hint?: string | undefined;
  /** What to do now, for the adapter to word. */
  readonly advice?: readonly Advice[] | undefined;
}
