import { STATEMENT_LIMITS } from '../core/commit/statement.ts';
import { isMediaType } from '../core/content/media-type.ts';
import { StoreError } from '../core/errors.ts';
import { checkName } from '../core/name.ts';
import type { Candidate, SignedTexts } from './finding.ts';

/**
 * Holds name, message, label, media type and size to their limits. Characters are UTF-16 code units.
 *
 * Yields StoreErrors `NAME_INVALID`, `ARGUMENT_INVALID` and `CONTENT_TOO_LARGE`, in the order they matter.
 */
export function* limitFaults(
  candidate: Candidate,
  maxContentBytes: number,
): Generator<{ path: string; error: StoreError }> {
  try {
    checkName(candidate.name);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    yield { path: 'name', error };
  }
  yield* signedTextFaults(candidate);
  if (!isMediaType(candidate.mediaType)) {
    yield {
      path: 'media type',
      error: new StoreError('ARGUMENT_INVALID', 'the media type is not of the form type/subtype', {
        hint: 'Use one such as application/json, application/yaml or text/plain.',
      }),
    };
  }
  const size = candidate.bytes.length;
  if (size > maxContentBytes) {
    yield {
      path: '',
      error: new StoreError(
        'CONTENT_TOO_LARGE',
        `the content has ${size} bytes, over the limit of ${maxContentBytes}`,
        {
          hint: 'Split it, or keep the large part elsewhere.',
          advice: [{ do: 'put-large-content', name: candidate.name }],
          details: { size, limit: maxContentBytes },
        },
      ),
    };
  }
}

/** Checks the limits of texts that are signed next to content: messages and reasons, and labels. */
export function* signedTextFaults({
  message,
  label,
  reason,
}: SignedTexts): Generator<{ path: string; error: StoreError }> {
  yield* textFaults('message', message ?? '', STATEMENT_LIMITS.messageChars);
  yield* textFaults('label', label ?? '', STATEMENT_LIMITS.labelChars);
  yield* textFaults('reason', reason ?? '', STATEMENT_LIMITS.messageChars);
}

function* textFaults(what: string, text: string, maxChars: number): Generator<{ path: string; error: StoreError }> {
  if (text.length > maxChars) {
    yield {
      path: what,
      error: new StoreError(
        'ARGUMENT_INVALID',
        `the ${what} has ${text.length} characters, over the limit of ${maxChars}`,
        { hint: `Shorten the ${what}.`, details: { length: text.length, limit: maxChars } },
      ),
    };
  }
  if (!text.isWellFormed()) {
    yield {
      path: what,
      error: new StoreError('ARGUMENT_INVALID', `the ${what} has a lone surrogate`, {
        hint: `Give the ${what} as well-formed Unicode.`,
      }),
    };
  }
}
