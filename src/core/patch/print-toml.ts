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

/** Returns the sections of a table and of those below it; its header is left out for the root. */
export function printTomlTable(
  path: readonly string[],
  table: Readonly<Record<string, unknown>>,
  eol: string,
  isElement = false,
): string {
  const sections: string[] = [];
  print(path, table, isElement);
  return sections.join(eol + eol) + eol;

  function print(key: readonly string[], members: Readonly<Record<string, unknown>>, inArray: boolean): void {
    const entries = Object.entries(members);
    const pairs = entries.filter(([, member]) => !isTable(member) && !isTableArray(member));
    if (inArray || pairs.length > 0 || (entries.length === 0 && key.length > 0)) {
      const header = key.length === 0 ? [] : [inArray ? `[[${printTomlKey(key)}]]` : `[${printTomlKey(key)}]`];
      const lines = pairs.map(([name, member]) => `${printTomlKey([name])} = ${printTomlValue(member)}`);
      sections.push([...header, ...lines].join(eol));
    }
    for (const [name, member] of entries) {
      if (isTable(member)) print([...key, name], member, false);
      else if (isTableArray(member)) for (const item of member) print([...key, name], item, true);
    }
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !(value instanceof Exact);
}

function isTableArray(value: unknown): value is Array<Record<string, unknown>> {
  return Array.isArray(value) && value.length > 0 && value.every(isTable);
}

function string(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007F');
}
