import { isUtf8 } from 'node:buffer';
import { contentKind, mediaTypeOfPath } from '../../core/content/media-type.ts';
import { mediaTypesByForm } from '../../core/content/media-type-by-form.ts';
import { StoreError } from '../../core/errors.ts';
import type { Content } from '../shared/content-changes.ts';
import { runContentTask } from '../shared/content-thread.ts';

/** How the media type of content was found: by the version before, by a name, by its form, or not at all. */
export type TypeSource = 'given' | 'kept' | 'name' | 'form' | 'none';

/** Content with its media type, and where that comes from. */
export interface TypedContent extends Content {
  readonly typeFrom: TypeSource;
}

/** The hints there are. */
export interface TypeHints {
  /** The names that may end in a known extension, the most telling first. */
  readonly names: readonly string[];
  /** The content there was, where it is live. */
  readonly former?: { readonly mediaType: string; readonly bytes: () => Promise<Uint8Array | undefined> } | undefined;
  /** The media type where no name says more: the form is not looked at then. */
  readonly otherwise?: string | undefined;
}

/**
 * Returns content that came without a media type with the one it has: that of the version before; else the one its name
 * says, JSON with comments being JSONC; else the one whose form it has. What does not parse as its name says gets
 * that type all the same, so that it is refused with the place.
 */
export async function findMediaType(bytes: Uint8Array, hints: TypeHints): Promise<TypedContent> {
  const { former } = hints;
  if (former !== undefined && !isUnnamed(former.mediaType))
    return { bytes, mediaType: former.mediaType, typeFrom: 'kept' };
  const named = hints.names.map(mediaTypeOfPath).find((type) => type !== undefined);
  if (named !== undefined && (former === undefined || isStructured(named))) {
    const fitting = isStructured(named) ? await firstWellFormed(bytes, withComments(named)) : named;
    if (fitting !== undefined) return { bytes, mediaType: fitting, typeFrom: 'name' };
    if (former === undefined) return { bytes, mediaType: named, typeFrom: 'name' };
  }
  const formed = hints.otherwise === undefined ? await formOf(bytes) : undefined;
  if (formed !== undefined && (former === undefined || (await differentForm(formed, await former.bytes()))))
    return { bytes, mediaType: formed, typeFrom: 'form' };
  if (former !== undefined) return { bytes, mediaType: former.mediaType, typeFrom: 'kept' };
  const plain = isUtf8(bytes) ? 'text/plain' : 'application/octet-stream';
  return { bytes, mediaType: hints.otherwise ?? plain, typeFrom: 'none' };
}

/** Returns true for text that was taken for JSON since the version before was, and does not even begin like it. */
export function isOtherText({ bytes, mediaType, typeFrom }: TypedContent): boolean {
  if (typeFrom !== 'kept' || !/json/i.test(mediaType)) return false;
  return !/^[\s\uFEFF]*(?:$|[[{"/\d-]|true|false|null)/.test(Buffer.from(bytes.subarray(0, 1_024)).toString());
}

/** Returns which type was taken for content that came without one, and none before; else nothing. */
export function takenAs({ typeFrom = 'given', mediaType }: Partial<TypedContent>): string {
  return typeFrom === 'given' || typeFrom === 'kept' ? '' : `, taken as ${mediaType}`;
}

/** Adds to a refusal where the type comes from that the content does not have. */
export function explainType(error: StoreError, { typeFrom, mediaType }: TypedContent): StoreError {
  if (error.code !== 'CONTENT_INVALID' || (typeFrom !== 'kept' && typeFrom !== 'name')) return error;
  const { code, message, hint, advice, details, cause } = error;
  const origin = typeFrom === 'kept' ? 'the type of the version before' : 'as its name says';
  return new StoreError(code, message, {
    hint: `${hint} It was read as ${mediaType}, ${origin}: with another media type it is stored as that.`,
    advice,
    cause,
    ...(details && { details }),
  });
}

/** Returns true for the types of content without a name or form: a type that is found later is better. */
function isUnnamed(mediaType: string): boolean {
  return /^(?:text\/plain|application\/octet-stream)(?:;|$)/i.test(mediaType);
}

function isStructured(mediaType: string): boolean {
  const kind = contentKind(mediaType);
  return kind !== 'text' && kind !== 'binary';
}

function withComments(mediaType: string): readonly string[] {
  return mediaType === 'application/json' ? [mediaType, 'application/jsonc'] : [mediaType];
}

async function formOf(bytes: Uint8Array): Promise<string | undefined> {
  if (!isUtf8(bytes)) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  return firstWellFormed(bytes, mediaTypesByForm(text));
}

/** False where the text before had the same form and was stored as plain text: then that was meant. */
async function differentForm(formed: string, before: Uint8Array | undefined): Promise<boolean> {
  return before !== undefined && (await formOf(before)) !== formed;
}

async function firstWellFormed(bytes: Uint8Array, mediaTypes: readonly string[]): Promise<string | undefined> {
  for (const mediaType of mediaTypes) {
    const content = { bytes, mediaType };
    if (await runContentTask([content], 'isWellFormed', content)) return mediaType;
  }
  return undefined;
}
