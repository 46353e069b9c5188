import type { Advice } from './advice.ts';

/** Every failure the store reports, by name. Exit codes and MCP results are derived from these; see docs/errors.md. */
export const ERROR_CODES = [
  'ARGUMENT_INVALID',
  'NAME_INVALID',
  'NOT_FOUND',
  'DIGEST_AMBIGUOUS',
  'VERSION_CONFLICT',
  'CONTENT_INVALID',
  'CONTENT_TOO_LARGE',
  'SECRET_FOUND',
  'PURGED',
  'CORRUPT',
  'SIGNATURE_INVALID',
  'KEY_UNTRUSTED',
  'KEY_MISSING',
  'KEY_LOCKED',
  'KEY_PERMISSIONS',
  'ROLLED_BACK',
  'STORE_FOREIGN',
  'STORE_MISSING',
  'STORE_UNREADABLE',
  'STORE_UNSUPPORTED',
  'STORE_NEWER',
  'STORE_BUSY',
  'STORE_READONLY',
  'STORE_FULL',
  'STATE_UNKNOWN',
  'SCHEMA_VIOLATION',
  'PLAN_STALE',
  'TARGET_UNPARSABLE',
  'TARGET_UNSUPPORTED',
  'TARGET_CHANGED',
  'TARGET_CONFLICT',
  'CANCELLED',
  'INTERNAL',
] as const;

/** The name of a failure. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** Machine-readable facts in addition to the message: JSON values only, never content or a secret. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/** The parts of a StoreError other than its code and message. */
export interface StoreErrorOptions {
  /** The next step, in full sentences that name no command, no tool and no argument of one: those are advice. */
  hint: string;
  /** The next steps that the adapter words; they follow the hint. */
  advice?: readonly Advice[] | undefined;
  /** Facts a program can act on, such as the newest version after a conflict. */
  details?: ErrorDetails;
  /** The error underneath, kept for logs; never shown to a client. */
  cause?: unknown;
}

/** The one error class of the project: what was wrong with which input (`message`), and what to do now (`hint`). */
export class StoreError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly advice: readonly Advice[];
  readonly details: ErrorDetails | undefined;

  constructor(code: ErrorCode, message: string, options: StoreErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StoreError';
    this.code = code;
    this.hint = options.hint;
    this.advice = options.advice ?? [];
    this.details = options.details;
  }
}

/** Returns true when `error` is a StoreError, with one of `codes` where any are given. */
export function isStoreError(error: unknown, ...codes: ErrorCode[]): error is StoreError {
  return error instanceof StoreError && (codes.length === 0 || codes.includes(error.code));
}

/**
 * Turns anything thrown into a StoreError; what is not one already is `INTERNAL`, its text kept as the cause only,
 * because a foreign message may quote content.
 */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  return new StoreError('INTERNAL', 'an unexpected fault inside the store', {
    hint: 'Nothing is known to be lost. If it repeats, report it with the log line on stderr.',
    advice: [{ do: 'verify' }],
    cause: error,
  });
}
