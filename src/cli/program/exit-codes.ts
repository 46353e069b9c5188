import type { ErrorCode } from '../../core/errors.ts';

/** Exit codes of the command and what each says; `docs/errors.md` shows this table and a test compares the two. */
export const EXIT_MEANINGS = {
  0: 'fine',
  1: 'corrupt',
  2: 'untrusted',
  4: 'could not check',
  64: 'usage',
  65: 'content refused',
  66: 'not found',
  70: 'internal',
  73: 'no space, or read-only',
  75: 'busy, or a conflict',
  77: 'key locked, or its permissions',
  78: 'store unreadable or missing',
  130: 'cancelled by the person',
} as const;

export type ExitCode = keyof typeof EXIT_MEANINGS;

/** The exit code of each error. */
export const EXIT_CODES: Readonly<Record<ErrorCode, ExitCode>> = {
  ARGUMENT_INVALID: 64,
  NAME_INVALID: 64,
  NOT_FOUND: 66,
  DIGEST_AMBIGUOUS: 64,
  VERSION_CONFLICT: 75,
  CONTENT_INVALID: 65,
  CONTENT_TOO_LARGE: 65,
  SECRET_FOUND: 65,
  PURGED: 66,
  CORRUPT: 1,
  SIGNATURE_INVALID: 1,
  KEY_UNTRUSTED: 2,
  KEY_MISSING: 77,
  KEY_LOCKED: 77,
  KEY_PERMISSIONS: 77,
  ROLLED_BACK: 2,
  STORE_FOREIGN: 2,
  STORE_MISSING: 78,
  STORE_UNREADABLE: 78,
  STORE_UNSUPPORTED: 78,
  STORE_NEWER: 78,
  STORE_BUSY: 75,
  STORE_READONLY: 73,
  STORE_FULL: 73,
  STATE_UNKNOWN: 70,
  SCHEMA_VIOLATION: 65,
  PLAN_STALE: 75,
  TARGET_UNPARSABLE: 65,
  TARGET_UNSUPPORTED: 65,
  TARGET_CHANGED: 75,
  TARGET_CONFLICT: 75,
  CANCELLED: 130,
  INTERNAL: 70,
};

/** Worst first: what is broken or not genuine outranks what merely could not be done. */
const BY_SEVERITY: readonly ExitCode[] = [1, 2, 70, 78, 77, 73, 75, 130, 4, 65, 66, 64, 0];

/** Returns the worst of several exit codes; 0 when there are none. */
export function worstExitCode(codes: Iterable<ExitCode>): ExitCode {
  const seen = new Set(codes);
  return BY_SEVERITY.find((code) => seen.has(code)) ?? 0;
}
