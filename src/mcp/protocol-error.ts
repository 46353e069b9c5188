import { ProtocolError, ProtocolErrorCode, ResourceNotFoundError } from '@modelcontextprotocol/server';
import type { StoreError } from '../core/errors.ts';
import { spellLine } from '../core/visible.ts';
import { guide } from './advice.ts';

/**
 * Returns the protocol error of a failed resource request: a missing resource as -32602 with the URI as its only data, what
 * the caller can ask differently as -32602, anything else as -32603; code and hint in the text and, where allowed, as data.
 */
export function toProtocolError(error: StoreError, uri?: string): ProtocolError {
  const { code } = error;
  const message = spellLine(error.message);
  const hint = spellLine(guide(error));
  const text = `${code}: ${message}. ${hint}`;
  if (uri !== undefined && (code === 'NOT_FOUND' || code === 'NAME_INVALID' || code === 'PURGED')) {
    return new ResourceNotFoundError(uri, text);
  }
  const asked = code === 'CONTENT_TOO_LARGE' || code === 'DIGEST_AMBIGUOUS' || code === 'ARGUMENT_INVALID';
  return new ProtocolError(asked ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError, text, {
    ...(uri !== undefined && { uri }),
    code,
    hint,
  });
}
