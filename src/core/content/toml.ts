import { parse, TomlDate, TomlError } from 'smol-toml';
import { StoreError } from '../errors.ts';

/**
 * Reads TOML 1.0. Dates become their text, infinities and NaN the words TOML has for them.
 *
 * @throws StoreError `CONTENT_INVALID` with line and column.
 */
export function parseToml(text: string): unknown {
  try {
    return jsonLike(parse(text));
  } catch (error) {
    // The library's message quotes the lines around the fault, so only the place is kept.
    const at = error instanceof TomlError ? { line: error.line, column: error.column } : undefined;
    // biome-ignore lint/style/useErrorCause: the cause would carry the quoted content with it.
    throw new StoreError(
      'CONTENT_INVALID',
      `not valid TOML${at === undefined ? '' : ` at line ${at.line}, column ${at.column}`}`,
      {
        hint: 'Correct the text at that place and try again; a key given twice and an integer beyond ±9007199254740991 are refused too.',
        details: at ?? {},
      },
    );
  }
}

function jsonLike(value: unknown): unknown {
  if (value instanceof TomlDate) return value.toISOString();
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(jsonLike);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonLike(inner)]));
}
