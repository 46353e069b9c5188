/**
 * Returns the same JSON-like value with every object key in snake_case: the one place where records of the code become
 * records of the wire (MCP results, `--json`). Keys below an own property named in `verbatim` are left alone (user
 * content).
 */
export function snakeCase(
  value: unknown,
  verbatim: readonly string[] = ['before', 'after', 'json', 'content'],
): unknown {
  if (Array.isArray(value)) return value.map((item) => snakeCase(item, verbatim));
  if (typeof value !== 'object' || value === null) return value;
  const spelled: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value))
    if (inner !== undefined) spelled.push([snakeKey(key), verbatim.includes(key) ? inner : snakeCase(inner, verbatim)]);
  return Object.fromEntries(spelled);
}

function snakeKey(key: string): string {
  return /[A-Z]/.test(key) ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key;
}
