/** Returns how many bytes a value takes as JSON in UTF-8, as `JSON.stringify` writes it, without writing it. */
export function jsonSize(value: unknown): number {
  if (typeof value === 'string') return textSize(value);
  if (typeof value !== 'object' || value === null || 'toJSON' in value)
    return Buffer.byteLength(JSON.stringify(value) ?? '');
  let size = 2;
  let members = 0;
  if (Array.isArray(value)) {
    members = value.length;
    for (const item of value) size += isLeftOut(item) ? 4 : jsonSize(item); // null in its place
  } else
    for (const [name, inner] of Object.entries(value)) {
      if (isLeftOut(inner)) continue;
      members++;
      size += textSize(name) + 1 + jsonSize(inner);
    }
  return size + Math.max(0, members - 1);
}

function isLeftOut(value: unknown): boolean {
  return value === undefined || typeof value === 'function' || typeof value === 'symbol';
}

/** The bytes of a string with its quotes (ECMA-262, QuoteJSONString): lone surrogates are escaped. */
function textSize(text: string): number {
  if (!ESCAPED.test(text)) return 2 + Buffer.byteLength(text);
  let size = 2 + text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80)
      size += unit < 0x20 ? (SHORT_ESCAPES.includes(unit) ? 1 : 5) : unit === 0x22 || unit === 0x5c ? 1 : 0;
    else if (unit < 0x800) size += 1;
    else if (unit < 0xd800 || unit > 0xdfff) size += 2;
    else if (unit < 0xdc00 && isLow(text.charCodeAt(at + 1))) {
      size += 2; // two units, four bytes
      at++;
    } else size += 5;
  }
  return size;
}

const ESCAPED = /[\u0000-\u001f"\\\ud800-\udfff]/;
/** Backspace, tab, line feed, form feed, carriage return. */
const SHORT_ESCAPES: readonly number[] = [0x08, 0x09, 0x0a, 0x0c, 0x0d];

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
