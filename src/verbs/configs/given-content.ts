import { contentKind, isMediaType } from '../../core/content/media-type.ts';
import { StoreError } from '../../core/errors.ts';
import { toCanonicalBytes } from '../../core/json/canonical-json.ts';
import { argumentInvalid } from '../shared/argument.ts';
import { findMediaType, type TypedContent, type TypeHints } from './find-media-type.ts';

/** Content as a request may give it: exactly one of `content`, `json` and `bytes`. */
export interface GivenContent {
  readonly content?: string | undefined;
  readonly json?: unknown;
  readonly bytes?: Uint8Array | undefined;
  readonly encoding?: 'utf-8' | 'base64' | undefined;
  readonly mediaType?: string | undefined;
}

/** Counts how many of the exclusive ways to give content a request uses. */
export function contentsGiven({ content, json, bytes }: GivenContent): number {
  return [content, json, bytes].filter((given) => given !== undefined).length;
}

/**
 * Checks that content is given once.
 *
 * @throws StoreError ARGUMENT_INVALID unless exactly one of content, json and bytes is given
 */
export function checkContentGiven(given: GivenContent): void {
  const ways = contentsGiven(given);
  if (ways !== 1)
    throw argumentInvalid(
      ways === 0 ? 'there is no content' : 'content is given in more than one way',
      'Give it in exactly one way: as text, as an object or array, or as a file.',
    );
}

/**
 * Returns the bytes a request gives, and their media type where it says so: as named, or `application/json` for `json`.
 *
 * @throws StoreError ARGUMENT_INVALID for none or several of content, json and bytes, a bad media type, json that is
 * neither object nor array, base64 that is not in canonical form (RFC 4648, 3.5); CONTENT_INVALID for lone surrogates
 * and what JSON cannot hold.
 */
export function givenContent(given: GivenContent): { readonly bytes: Uint8Array; readonly mediaType?: string } {
  checkContentGiven(given);
  if (given.mediaType !== undefined && !isMediaType(given.mediaType))
    throw argumentInvalid(
      'the media type is not one',
      'Write it as type/subtype, for example application/json or text/markdown.',
    );
  if (given.encoding !== undefined && given.content === undefined)
    throw argumentInvalid(
      'an encoding is given for content that is not text',
      'Leave the encoding out: it says how text spells the bytes.',
    );
  const mediaType = given.mediaType ?? (given.json === undefined ? undefined : 'application/json');
  return { bytes: bytesOf(given), ...(mediaType !== undefined && { mediaType }) };
}

function bytesOf({ json, content = '', bytes, encoding }: GivenContent): Uint8Array {
  if (json !== undefined) return jsonBytes(json);
  if (encoding === 'base64') return decodeBase64(content);
  return bytes ?? encodeText(content);
}

/** As {@link givenContent}, with the media type that content without one is found to have. */
export async function typedContent(given: GivenContent, hints: TypeHints): Promise<TypedContent> {
  const { bytes, mediaType } = givenContent(given);
  if (mediaType !== undefined) return { bytes, mediaType, typeFrom: 'given' };
  if (given.encoding !== 'base64') return findMediaType(bytes, hints);
  // Bytes that are spelled out are no text, unless a name says so.
  const former =
    hints.former !== undefined && contentKind(hints.former.mediaType) === 'binary' ? hints.former : undefined;
  return findMediaType(bytes, { ...hints, former, otherwise: 'application/octet-stream' });
}

function jsonBytes(json: unknown): Uint8Array {
  if (typeof json !== 'object' || json === null)
    throw argumentInvalid(
      'json is neither an object nor an array',
      'Give the document itself, not its text; give a single value as text with the media type application/json.',
    );
  return toCanonicalBytes(json);
}

function encodeText(text: string): Uint8Array {
  if (!text.isWellFormed()) {
    throw new StoreError('CONTENT_INVALID', 'content has a lone surrogate, which UTF-8 cannot spell', {
      hint: 'Correct the text, or give the bytes in base64.',
    });
  }
  return Buffer.from(text, 'utf8');
}

function decodeBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) {
    throw argumentInvalid(
      'content is not base64',
      'Use the standard alphabet with padding and no white space (RFC 4648, section 4), or give it as plain text.',
    );
  }
  return bytes;
}
