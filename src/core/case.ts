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
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [
        key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        verbatim.includes(key) ? inner : snakeCase(inner, verbatim),
      ]),
  );
}
