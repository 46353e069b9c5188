/**
 * A value that JSON has no form for, as its format spells it: a tagged value, a date, an integer beyond 2^53, a float that is
 * written as one. Two are the same when type and value are.
 */
export class Exact {
  /** The type in the words of its format: `integer`, `float`, `local date`, `!secret`. */
  readonly type: string;
  /** Its text, normalized as far as the format says that spellings are equal; or the value below a tag. */
  readonly value: unknown;

  constructor(type: string, value: unknown) {
    this.type = type;
    this.value = value;
  }
}

/** A number of a format whose numbers are compared by their text: a plain number where JavaScript writes it alike. */
export function exactNumber(text: string): number | Exact {
  const number = Number(text);
  if (String(number) === text) return number;
  return new Exact(/[.eEfn]/.test(text) ? 'float' : 'integer', text);
}

/** An integer, whatever base it was written in. */
export function exactInteger(integer: bigint): number | Exact {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : new Exact('integer', String(integer));
}

/** A float by its value: `1.50` and `1.5` are the same, `1.0` and the integer 1 are not, and no digit is lost. */
export function exactFloat(text: string): number | Exact {
  const plain = text.replaceAll('_', '').replace(/^\+/, '').toLowerCase();
  const match = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/.exec(plain);
  if (match === null) return new Exact('float', plain.replace('.', ''));
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  const scale = Number(exponent) - fraction.length + (digits.length - significant.length);
  const number = Number(plain);
  const isExact = scale < 0 && decimal(String(number)) === `${sign}${significant}e${scale}`;
  return isExact ? number : new Exact('float', significant === '' ? `${sign}0.0` : floatText(sign, significant, scale));
}

function floatText(sign: string, significant: string, scale: number): string {
  return scale >= 0 && scale + significant.length <= 21
    ? `${sign}${significant}${'0'.repeat(scale)}.0`
    : `${sign}${significant}e${scale}`;
}

/** The digits and the scale of a number as JavaScript writes it. */
function decimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  return `${sign}${significant}e${Number(exponent) - fraction.length + (digits.length - significant.length)}`;
}

/** A value as JSON can hold it, for people: what JSON has no form for becomes its text with its type. */
export function describeExact(value: unknown): unknown {
  if (value instanceof Exact) {
    if (typeof value.value === 'string' && !value.type.startsWith('!')) return `${value.value} (${value.type})`;
    return `${value.type} ${JSON.stringify(describeExact(value.value))}`;
  }
  if (Array.isArray(value)) return value.map(describeExact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, describeExact(inner)]));
}

/** Both sides of a change as JSON can hold them, never alike. */
export function describePair(before: unknown, after: unknown): { before: unknown; after: unknown } {
  const shown = { before: describeExact(before), after: describeExact(after) };
  if (JSON.stringify(shown.before) !== JSON.stringify(shown.after)) return shown;
  return { before: withType(before, shown.before), after: withType(after, shown.after) };
}

function withType(value: unknown, shown: unknown): unknown {
  const type = Array.isArray(value)
    ? 'list'
    : value === null
      ? 'null'
      : typeof value === 'object'
        ? 'map'
        : typeof value;
  if (value instanceof Exact) return shown;
  return `${typeof shown === 'string' ? shown : JSON.stringify(shown)} (${type})`;
}
