import { decodeText, parseExact, parseStructured } from '../core/content/content.ts';
import { type ContentKind, contentKind } from '../core/content/media-type.ts';
import { isStoreError, type StoreError } from '../core/errors.ts';

/** Content, parsed as far as its media type tells. */
export type ReadContent =
  | { readonly form: 'value'; readonly value: unknown; readonly kind: ContentKind; readonly text: string }
  | { readonly form: 'text'; readonly text: string };

/**
 * Reads content as its media type says, or hands back the fault. Bytes with no structure known here, and structured content that
 * is too large to be read as such, are text: bytes that are not UTF-8 are read one by one, so that credentials in them are still seen.
 */
export async function readContent(bytes: Uint8Array, mediaType: string): Promise<ReadContent | StoreError> {
  try {
    const kind = contentKind(mediaType);
    if (kind === 'text' || kind === 'binary') return { form: 'text', text: asText(bytes) };
    const value = kind === 'yaml' ? await readYaml(bytes, mediaType) : await parseStructured(bytes, mediaType);
    if (value === undefined) return { form: 'text', text: asText(bytes) };
    return { form: 'value', value, kind, text: decodeText(bytes) };
  } catch (error) {
    if (isStoreError(error, 'CONTENT_INVALID')) return error;
    throw error;
  }
}

/** Tags say where a value is kept, so they are read with it. */
async function readYaml(bytes: Uint8Array, mediaType: string): Promise<unknown> {
  const [exact, { withTags }] = await Promise.all([parseExact(bytes, mediaType), import('../core/content/yaml.ts')]);
  return withTags(exact);
}

function asText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString('utf8');
  return text.includes('\uFFFD') ? buffer.toString('latin1') : text;
}
