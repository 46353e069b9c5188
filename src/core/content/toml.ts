import { parse, TomlDate, TomlError } from 'smol-toml';
import { sha256Hex } from '../digest.ts';
import { StoreError } from '../errors.ts';
import { Exact, exactFloat, exactInteger } from './exact.ts';
import { scanToml, type TomlNode } from './toml-scan.ts';

/**
 * Reads TOML 1.0. Dates become their text, infinities and NaN the words TOML has for them, integers beyond 2^53 their digits.
 *
 * @throws StoreError `CONTENT_INVALID` with line and column.
 */
export function parseToml(text: string): unknown {
  return jsonLike(read(text));
}

/**
 * As {@link parseToml}, with nothing lost: the four kinds of dates with all their digits, floats that are written as such, and
 * integers of any size become {@link Exact} values.
 */
export function parseExactToml(text: string): unknown {
  read(text);
  // The parser keeps milliseconds only and tells no float from an integer, so it is given the text of bare values in strings.
  // No string in the text can hold the hash of the text.
  const mark = sha256Hex(Buffer.from(text)).slice(0, 32);
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of bareValues(text)) {
    parts.push(text.slice(at, start), '"', mark, text.slice(start, end), '"');
    at = end;
  }
  return exact(read(parts.join('') + text.slice(at)), mark);
}

function read(text: string): unknown {
  try {
    return parse(text, { integersAsBigInt: true });
  } catch (error) {
    // The library's message quotes the lines around the fault, so only the place is kept.
    const at = error instanceof TomlError ? { line: error.line, column: error.column } : undefined;
    // biome-ignore lint/style/useErrorCause: the cause would carry the quoted content with it.
    throw new StoreError(
      'CONTENT_INVALID',
      `not valid TOML${at === undefined ? '' : ` at line ${at.line}, column ${at.column}`}`,
      {
        hint: 'Correct the text at that place and try again; a key given twice is refused too.',
        details: at ?? {},
      },
    );
  }
}

function bareValues(text: string): TomlNode[] {
  const found: TomlNode[] = [];
  const collect = (node: TomlNode): void => {
    if (node.type === 'bare') found.push(node);
    node.items.forEach(collect);
    for (const { value } of node.members) collect(value);
  };
  for (const { pairs } of scanToml(text).tables) for (const { value } of pairs) collect(value);
  return found;
}

function exact(value: unknown, mark: string): unknown {
  if (typeof value === 'string') return value.startsWith(mark) ? bareValue(value.slice(mark.length)) : value;
  if (Array.isArray(value)) return value.map((item) => exact(item, mark));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, exact(inner, mark)]));
}

const DATE = /^(\d{4}-\d\d-\d\d)?[Tt ]?(?:(\d\d:\d\d)(:\d\d)?(?:\.(\d+))?)?([Zz]|[+-]\d\d:\d\d)?$/;

function bareValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^[+-]?(?:\d[\d_]*|0x[\da-fA-F_]+|0o[0-7_]+|0b[01_]+)$/.test(text)) {
    const digits = text.replaceAll('_', '');
    const sign = digits.startsWith('-') ? -1n : 1n;
    return exactInteger(sign * BigInt(digits.replace(/^[+-]/, '')));
  }
  const [, date, minutes, seconds = ':00', fraction = '', offset] = DATE.exec(text) ?? [];
  if (date === undefined && minutes === undefined) return exactFloat(text);
  const tail = fraction.replace(/0+$/, '');
  const time = minutes === undefined ? undefined : `${minutes}${seconds}${tail === '' ? '' : `.${tail}`}`;
  if (date === undefined) return new Exact('local time', time);
  if (time === undefined) return new Exact('local date', date);
  return offset === undefined
    ? new Exact('local date-time', `${date}T${time}`)
    : new Exact('date-time', `${date}T${time}${offset.toUpperCase()}`);
}

function jsonLike(value: unknown): unknown {
  if (value instanceof TomlDate) return value.toISOString();
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (Array.isArray(value)) return value.map(jsonLike);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonLike(inner)]));
}
