import { Exact } from '../content/exact.ts';
import { isObject } from '../json/is-object.ts';

/** How a value is laid out. */
export interface JsonStyle {
  /** The indentation of one level. */
  readonly unit: string;
  /** The indentation of the line that the value begins on. */
  readonly indent: string;
  readonly eol: string;
  /** Everything on one line. */
  readonly oneLine: boolean;
  /** The space inside the brackets on one line. */
  readonly gap: string;
  /** No space behind colons and commas on one line. */
  readonly tight?: boolean;
}

/** Returns the JSON text of a value, in which numbers may be kept by their text. */
export function printJson(value: unknown, style: JsonStyle): string {
  if (value instanceof Exact) {
    if (typeof value.value !== 'string' || !/^(?:integer|float)$/.test(value.type))
      throw new TypeError('JSON has no such value');
    return value.value;
  }
  const list = Array.isArray(value);
  if (!list && !isObject(value)) return JSON.stringify(value);
  const inner = { ...style, indent: style.indent + style.unit };
  const items = list
    ? value.map((item) => printJson(item, inner))
    : Object.entries(value).map(
        ([key, item]) => `${JSON.stringify(key)}${style.tight ? ':' : ': '}${printJson(item, inner)}`,
      );
  const [open, close] = list ? '[]' : '{}';
  if (items.length === 0) return `${open}${close}`;
  // Lists of a few short items are written on one line by most tools and people.
  if (style.oneLine)
    return `${open}${list ? '' : style.gap}${items.join(style.tight ? ',' : ', ')}${list ? '' : style.gap}${close}`;
  return `${open}${style.eol}${items.map((item) => inner.indent + item).join(`,${style.eol}`)}${style.eol}${style.indent}${close}`;
}
