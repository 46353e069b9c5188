import type { Path } from '../../core/json/pointer.ts';
import { type Suspicion, suspectNamedValue } from './secret-names.ts';

/** A string of a structured document with the names that may say what it is. */
export interface Leaf {
  readonly path: Path;
  readonly text: string;
}

/** A value that its name gives away. */
export interface NamedSecret {
  readonly path: Path;
  readonly suspicion: Suspicion;
  /** The name that gave it away, for the proposal of a variable. */
  readonly name: string;
}

/** All strings of a JSON-like value, member names among them (a name's path is that of its value), in the order they stand. */
export function stringLeaves(value: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  walk(value, [], (path, text) => leaves.push({ path: [...path], text }));
  return leaves;
}

function walk(value: unknown, path: Array<string | number>, visit: (path: Path, text: string) => void): void {
  if (typeof value === 'string') return visit(path, value);
  if (typeof value !== 'object' || value === null) return;
  const isArray = Array.isArray(value);
  for (const [key, inner] of Object.entries(value)) {
    path.push(isArray ? Number(key) : key);
    if (!isArray) visit(path, key);
    walk(inner, path, visit);
    path.pop();
  }
}

/**
 * Values given away by a name: members (`"API_KEY": …`), pairs (`{"name": …, "value": …}`), flags (`"--token", …`), and names
 * inside a string (`NAME=…`, `--token=…`, `X-Api-Key: …`, `?api_key=…`), as in plain text.
 */
export function findNamedSecrets(value: unknown): NamedSecret[] {
  const found: NamedSecret[] = [];
  const suspect = (path: Path, name: string, text: unknown): void => {
    if (typeof text !== 'string') return;
    const suspicion = suspectNamedValue(name, text);
    if (suspicion !== undefined) found.push({ path: [...path], suspicion, name });
  };
  const visit = (current: unknown, path: Array<string | number>): void => {
    if (typeof current === 'string') {
      for (const { name, suspicion } of findNamedSecretsInText(current))
        found.push({ path: [...path], suspicion, name });
      return;
    }
    if (typeof current !== 'object' || current === null) return;
    const members = current as Record<string, unknown>;
    const isArray = Array.isArray(current);
    const pairName = isArray ? undefined : (members['name'] ?? members['key']);
    if (typeof pairName === 'string') suspect([...path, 'value'], pairName, members['value']);
    let flag: string | undefined;
    for (const [key, inner] of Object.entries(members)) {
      path.push(isArray ? Number(key) : key);
      if (!isArray) suspect(path, key, inner);
      else if (flag !== undefined) suspect(path, flag, inner);
      flag = isArray && typeof inner === 'string' ? /^--?([A-Za-z][\w-]*)$/.exec(inner)?.[1] : undefined;
      visit(inner, path);
      path.pop();
    }
  };
  visit(value, []);
  return found;
}

const PAIR =
  /(?<![\w.]|[\w.]-)(["'`]?)([A-Za-z_][\w.-]{2,127})\1[ \t]*(?::(?!\/\/)|=>|=)[ \t]*(?:(["'`])((?:(?!\3)[^\n\r\\]|\\.){1,8192})\3|((?:(?:Bearer|Basic|Token)[ \t]+)?[^\s"'`,;)\]}]{6,8192}))/gi;

/** Names and values in plain text: `NAME=value`, `name: value` and `"name": "value"` wherever they stand; offsets in code units. */
export function findNamedSecretsInText(text: string): Array<{ at: number; name: string; suspicion: Suspicion }> {
  const found: Array<{ at: number; name: string; suspicion: Suspicion }> = [];
  if (!/[=:]/.test(text)) return found;
  for (const match of text.matchAll(PAIR)) {
    const [, , name, , quoted, plain] = match;
    const suspicion = name === undefined ? undefined : suspectNamedValue(name, quoted ?? plain ?? '');
    if (name !== undefined && suspicion !== undefined) found.push({ at: match.index, name, suspicion });
  }
  return found;
}
