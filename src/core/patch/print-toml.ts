import { Exact } from '../content/exact.ts';
import { isObject } from '../json/is-object.ts';

/** Returns a key, dotted where it has several parts. */
export function printTomlKey(key: readonly string[]): string {
  return key.map((part) => (/^[A-Za-z0-9_-]+$/.test(part) ? part : string(part))).join('.');
}

/** Returns a value on one line. @throws TypeError for null, which TOML has not */
export function printTomlValue(value: unknown): string {
  if (value === null || value === undefined) throw new TypeError('TOML has no null');
  if (value instanceof Exact) return String(value.value);
  if (typeof value === 'string') return string(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('TOML writes such a number in another way');
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(printTomlValue).join(', ')}]`;
  if (!isObject(value)) return String(value);
  const members = Object.entries(value).map(([key, inner]) => `${printTomlKey([key])} = ${printTomlValue(inner)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function string(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007F');
}
