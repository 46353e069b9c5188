import { isStoreError, StoreError } from '../../core/errors.ts';
import { isObject } from '../../core/json/is-object.ts';
import type { EntryFormat } from '../../core/patch/patch-entry.ts';

/** The text of a JSON file that holds nothing yet. */
const EMPTY_JSON = '{}\n';
const MEDIA_TYPES = {
  json: 'application/json',
  jsonc: 'application/jsonc',
  toml: 'application/toml',
  yaml: 'application/yaml',
} as const satisfies Record<EntryFormat, string>;

/** A client's file as text, with the data it holds. */
export interface ClientText {
  readonly text: string;
  readonly format: EntryFormat;
  /** The file, for messages. */
  readonly file: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Reads a client's file strictly. A text that is empty or blank counts as an empty document: clients and first runs leave that
 * behind, and there is nothing in it to lose.
 *
 * @throws StoreError `TARGET_UNPARSABLE` with the place of the fault; it repeats nothing of the text
 */
export async function readClientText(given: string, format: EntryFormat, file: string): Promise<ClientText> {
  const isBlank = given.trim() === '';
  const isJson = format === 'json' || format === 'jsonc';
  const text = isBlank ? (isJson ? EMPTY_JSON : '') : given;
  if (/^\0+$/.test(given)) throw unparsable(file, 'it holds nothing but zero bytes, as after a power failure');
  const data = isBlank ? {} : await parseLike(text, format, file);
  if (data === null && format === 'yaml') return { text, format, file, data: {} };
  if (format === 'yaml' && Array.isArray(data) && /\n---(?:\s|$)/.test(text))
    throw unsupported(file, 'it has several documents');
  if (!isObject(data)) throw unparsable(file, 'it does not hold an object');
  return { text, format, file, data };
}

/** Parses with nothing lost, for comparisons: numbers and dates keep their spelling. @throws StoreError `CONTENT_INVALID` */
export async function parseWithNothingLost(text: string, format: EntryFormat): Promise<unknown> {
  const { parseAnySize } = await import('../../core/content/content.ts');
  if ((format === 'toml' || format === 'yaml') && text === '') return {};
  return parseAnySize(Buffer.from(text), MEDIA_TYPES[format]);
}

async function parseLike(text: string, format: EntryFormat, file: string): Promise<unknown> {
  let value: unknown;
  try {
    value = await parsePlain(text, format);
  } catch (error) {
    // A parser's message quotes what is in the file, so it is no cause.
    throw unparsable(file, isStoreError(error) ? error.message : 'it is nested too deep');
  }
  if (value !== undefined) return value;
  throw unsupported(file, 'it is too large to be read as structure');
}

async function parsePlain(text: string, format: EntryFormat): Promise<unknown> {
  if (format === 'toml' || format === 'yaml') {
    const { parseStructured } = await import('../../core/content/content.ts');
    return parseStructured(Buffer.from(text), MEDIA_TYPES[format]);
  }
  const [{ scanJson }, { blankComments }] = await Promise.all([
    import('../../core/json/strict-json.ts'),
    import('../../core/json/jsonc.ts'),
  ]);
  const json = format === 'json' ? text : blankComments(text);
  scanJson(json, { anyNumber: true });
  return JSON.parse(json);
}

/** Returns `TARGET_UNPARSABLE`: the file is not well formed, and was left as it is. */
export function unparsable(file: string, why: string, cause?: unknown): StoreError {
  return new StoreError('TARGET_UNPARSABLE', `${file} cannot be edited: ${why}`, {
    hint: 'It was left as it is. Fix it, or bring back a dated copy that is next to it; a client may drop such a file.',
    advice: [{ do: 'print-entry' }],
    details: { file },
    cause,
  });
}

/** Returns `TARGET_UNSUPPORTED`: the file is well formed, in a form that is not edited. */
export function unsupported(file: string, why: string): StoreError {
  return new StoreError('TARGET_UNSUPPORTED', `${file} cannot be edited in place: ${why}`, {
    hint: 'It was left as it is. Write the servers in the usual form, or paste the entry by hand.',
    advice: [{ do: 'print-entry' }],
    details: { file },
  });
}
