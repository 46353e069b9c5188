import { StoreError } from '../errors.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import { contentKind } from './media-type.ts';

/**
 * Returns the value that structured content holds, as JSON-like data (objects, arrays, strings, numbers, booleans,
 * null); `undefined` when the media type has no structure known here. JSON is read strictly, JSONC as strictly under
 * its comments, YAML as 1.2 with the core schema (several documents become an array), TOML as 1.0.
 *
 * @throws StoreError `CONTENT_INVALID`, with `line` and `column` (from 1) in its details, when the bytes are not well
 * formed.
 */
export async function parseStructured(bytes: Uint8Array, mediaType: string): Promise<unknown> {
  switch (contentKind(mediaType)) {
    case 'json':
      return parseStrictJson(decodeText(bytes));
    case 'jsonc': {
      const text = decodeText(bytes);
      const { blankComments } = await import('../json/jsonc.ts');
      return parseStrictJson(blankComments(text));
    }
    case 'yaml': {
      const text = decodeText(bytes);
      const { parseYaml } = await import('./yaml.ts');
      return parseYaml(text);
    }
    case 'toml': {
      const text = decodeText(bytes);
      const { parseToml } = await import('./toml.ts');
      return parseToml(text);
    }
    default:
      return undefined;
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Returns the text of UTF-8 bytes; a byte order mark stays.
 *
 * @throws StoreError `CONTENT_INVALID` with the line of the first byte that is not UTF-8 (RFC 3629).
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    // The decoder says only that it failed, so the place is looked for here.
    const line = lineOfInvalid(bytes);
    // biome-ignore lint/style/useErrorCause: it says nothing more.
    throw new StoreError('CONTENT_INVALID', `the content is not UTF-8 text: the first wrong byte is in line ${line}`, {
      hint: 'Save it as UTF-8, or store it with a binary media type such as application/octet-stream.',
      details: { line },
    });
  }
}

/**
 * Returns the line of the first invalid byte. The decoder puts U+FFFD where it fails; counting stops at the first that
 * the bytes do not spell out themselves.
 */
function lineOfInvalid(bytes: Uint8Array): number {
  const decoded = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  const again = Buffer.from(decoded, 'utf8');
  let line = 1;
  for (let i = 0; i < bytes.length && bytes[i] === again[i]; i++) if (bytes[i] === 0x0a) line++;
  return line;
}
