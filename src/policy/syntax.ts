import { decodeText, parseStructured } from '../core/content/content.ts';
import { contentKind } from '../core/content/media-type.ts';
import { isStoreError, type StoreError } from '../core/errors.ts';

/** What content holds, as far as its media type says. */
export type ReadContent =
  | {
      readonly form: 'value';
      readonly value: unknown /** Only where the format has comments. */;
      readonly text?: string;
    }
  | { readonly form: 'text'; readonly text: string };

/**
 * Reads content as its media type says, or hands back the fault. Bytes with no structure known here are text: such as are not
 * UTF-8 are read byte by byte, so that credentials in them are still seen. Text that is a JSON document is a value too.
 */
export async function readContent(bytes: Uint8Array, mediaType: string): Promise<ReadContent | StoreError> {
  try {
    switch (contentKind(mediaType)) {
      case 'json':
        return { form: 'value', value: await parseStructured(bytes, mediaType) };
      case 'jsonc':
      case 'yaml':
      case 'toml':
        return { form: 'value', value: await parseStructured(bytes, mediaType), text: decodeText(bytes) };
      default:
        return { form: 'text', text: asText(bytes) };
    }
  } catch (error) {
    if (isStoreError(error, 'CONTENT_INVALID')) return error;
    throw error;
  }
}

function asText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString('utf8');
  return text.includes('\uFFFD') ? buffer.toString('latin1') : text;
}

/** The document in a text that is one in JSON although its media type does not say so; `undefined` when it is not. */
export function jsonInText(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // It was only a guess: the text is scanned as text then.
    return undefined;
  }
}
