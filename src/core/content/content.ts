import { isStoreError, StoreError } from '../errors.ts';
import { readJson, scanJson } from '../json/strict-json.ts';
import { exactNumber } from './exact.ts';
import { type ContentKind, contentKind } from './media-type.ts';
import { STRUCTURE_LIMITS } from './structure-limits.ts';

/**
 * The value that structured content holds, as JSON-like data (objects, arrays, strings, numbers, booleans, null). JSON is read
 * strictly, JSONC as strictly under its comments, YAML as 1.2 with the core schema (several documents become an array), TOML as
 * 1.0. Numbers beyond 2^53 are rounded in JSON and JSONC, and text in the others: see {@link parseExact}.
 *
 * @returns `undefined` when the media type has no structure known here, or the content is larger than what is read as structure
 * (see {@link STRUCTURE_LIMITS}); JSON and JSONC are checked all the same
 * @throws StoreError `CONTENT_INVALID`, with `line` and `column` (from 1) in its details, when the bytes are not well formed.
 */
export async function parseStructured(bytes: Uint8Array, mediaType: string): Promise<unknown> {
  return parse(bytes, contentKind(mediaType), false);
}

/**
 * As {@link parseStructured}, by the data model of the format and with nothing lost: what JSON has no form for is an `Exact`.
 * Two contents of one format hold the same data exactly when these values are the same.
 *
 * @throws StoreError `CONTENT_INVALID`
 */
export async function parseExact(bytes: Uint8Array, mediaType: string): Promise<unknown> {
  return parse(bytes, contentKind(mediaType), true);
}

/** Returns true for bytes that are well formed as their media type says. */
export async function isWellFormed(bytes: Uint8Array, mediaType: string): Promise<boolean> {
  try {
    await parseStructured(bytes, mediaType);
    return true;
  } catch (error) {
    if (isStoreError(error, 'CONTENT_INVALID')) return false;
    throw error;
  }
}

/** As {@link parseExact}, for JSON and JSONC of any size, which take linear time. @throws StoreError `CONTENT_INVALID` */
export async function parseAnySize(bytes: Uint8Array, mediaType: string): Promise<unknown> {
  const kind = contentKind(mediaType);
  if (kind !== 'json' && kind !== 'jsonc') return parseExact(bytes, mediaType);
  const text = decodeText(bytes);
  const json = kind === 'json' ? text : (await import('../json/jsonc.ts')).blankComments(text);
  scanJson(json, { anyNumber: true });
  return readJson(json, exactNumber);
}

async function parse(bytes: Uint8Array, kind: ContentKind, exact: boolean): Promise<unknown> {
  switch (kind) {
    case 'json': {
      const text = decodeText(bytes);
      try {
        return parseJson(text, bytes.length, exact);
      } catch (error) {
        throw (await isJsonc(text)) ? namedJsonc(error) : error;
      }
    }
    case 'jsonc': {
      const text = decodeText(bytes);
      const { blankComments } = await import('../json/jsonc.ts');
      return parseJson(blankComments(text), bytes.length, exact);
    }
    case 'yaml': {
      const text = decodeText(bytes);
      if (bytes.length > STRUCTURE_LIMITS.bytes) return undefined;
      const { parseExactYaml, parseYaml } = await import('./yaml.ts');
      return exact ? parseExactYaml(text) : parseYaml(text);
    }
    case 'toml': {
      const text = decodeText(bytes);
      if (bytes.length > STRUCTURE_LIMITS.bytes) return undefined;
      const { parseExactToml, parseToml } = await import('./toml.ts');
      const value = exact ? parseExactToml(text) : parseToml(text);
      return countNodes(value) > STRUCTURE_LIMITS.nodes ? undefined : value;
    }
    default:
      return undefined;
  }
}

async function isJsonc(text: string): Promise<boolean> {
  try {
    const { blankComments } = await import('../json/jsonc.ts');
    scanJson(blankComments(text), { anyNumber: true });
    return true;
  } catch {
    // It is neither: the fault is that of JSON.
    return false;
  }
}

/** Most files that are called JSON and refused have comments or trailing commas in them. */
function namedJsonc(error: unknown): unknown {
  if (!(error instanceof StoreError)) return error;
  const { message, details } = error;
  const place = /^not valid JSON( at line \d+, column \d+)?/.exec(message)?.[1] ?? '';
  return new StoreError(
    'CONTENT_INVALID',
    `this is JSONC, not JSON: it has comments or trailing commas, the first${place}`,
    {
      hint: 'Store it with the media type application/jsonc, or without them.',
      details: { ...details, media_type: 'application/jsonc' },
    },
  );
}

function parseJson(text: string, sizeBytes: number, exact: boolean): unknown {
  const { nodes } = scanJson(text, { anyNumber: true });
  if (sizeBytes > STRUCTURE_LIMITS.bytes || nodes > STRUCTURE_LIMITS.nodes) return undefined;
  return readJson(text, exact ? exactNumber : Number);
}

function countNodes(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  let sum = 1;
  for (const inner of Object.values(value)) sum += countNodes(inner);
  return sum;
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
