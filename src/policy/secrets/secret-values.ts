import type { Path } from '../../core/json/pointer.ts';
import { findClientPasswords, findNamedSecretsInText } from './named-in-text.ts';
import { type Suspicion, suspectNamedValue } from './named-values.ts';
import { isAboutName, type NameKind, secretFlagKind, secretNameKind } from './secret-names.ts';

/** A string of a structured document and its place. */
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

/** The meaning of the name above a list or map for its members, and how many levels further down it still counts. */
interface Inherited {
  readonly name: string;
  readonly kind: NameKind;
  readonly levels: number;
}

const MAX_INHERITED_LEVELS = 3;
/** Members of a Secret of Kubernetes are secrets, whatever they are called. */
const OF_KUBERNETES: Inherited = { name: 'secret', kind: 'secret', levels: MAX_INHERITED_LEVELS };
/** Members that hold the value itself, where the name stands one level up. */
const VALUE_NAME = /^(?:value|default|plain|plaintext|text|data|current)$/i;

/**
 * Values given away by a name: members (`"API_KEY": …`), lists and maps below one (`"tokens": […]`), pairs
 * (`{"name": …, "value": …}`, `["API_KEY", …]`), flags (`"--token", …`), and names inside a string, as in plain text.
 */
export function findNamedSecrets(value: unknown): NamedSecret[] {
  const found: NamedSecret[] = [];
  visit(value, [], undefined, found);
  return found;
}

function visit(
  current: unknown,
  path: Array<string | number>,
  above: Inherited | undefined,
  found: NamedSecret[],
): void {
  if (typeof current === 'string') {
    for (const { name, suspicion } of findNamedSecretsInText(current)) found.push({ path: [...path], suspicion, name });
    if (above !== undefined) suspectInherited(above, current, path, found);
    return;
  }
  if (typeof current !== 'object' || current === null) return;
  const members = current as Record<string, unknown>;
  const isArray = Array.isArray(current);
  const { name: pairName, value: pairValue, valuePath } = pairOf(members, isArray, path);
  if (pairName !== undefined) suspect(secretNameKind(pairName), pairName, pairValue, valuePath, found);
  if (!isArray) findInCommandLine(members, path, found);
  const isSecret = members['kind'] === 'Secret';
  let flag: string | undefined;
  for (const [key, inner] of Object.entries(members)) {
    const at = [...path, isArray ? Number(key) : key];
    const kind = isArray ? undefined : secretNameKind(key);
    if (kind !== undefined) suspect(kind, key, inner, at, found);
    else if (above !== undefined && VALUE_NAME.test(key)) suspect(above.kind, above.name, inner, at, found);
    else if (members[key] !== undefined && VALUE_NAME.test(key) && isMarkedSecret(members))
      suspect('token', 'SECRET', inner, at, found);
    else if (flag !== undefined) suspect(secretFlagKind(flag), flag, inner, at, found);
    flag = isArray && typeof inner === 'string' ? /^(?:--?|\/)([A-Za-z][\w-]*)$/.exec(inner)?.[1] : undefined;
    // Members that are called encrypted are searched for the forms of tokens only.
    if (/^(?:encrypted|cipher|sealed)/i.test(key)) continue;
    const holds = isSecret && /^(?:stringData|data)$/.test(key);
    visit(inner, at, holds ? OF_KUBERNETES : inherit(above, isArray, key, kind, inner), found);
  }
}

/** A password right behind a short option, where program and arguments stand apart. */
function findInCommandLine({ command, args }: Record<string, unknown>, path: Path, found: NamedSecret[]): void {
  if (typeof command !== 'string' || !Array.isArray(args)) return;
  const words = args.map((word) => (typeof word === 'string' && !/[\s"']/.test(word) ? word : '""'));
  for (const { name, suspicion } of findClientPasswords([command, ...words].join(' ')))
    found.push({ path: [...path, 'args'], suspicion, name });
}

/** `{"type": "promptString", "password": true, "default": …}` and its like. */
function isMarkedSecret(members: Record<string, unknown>): boolean {
  return (
    ['password', 'secret', 'sensitive', 'isSecret'].some((mark) => members[mark] === true) ||
    members['format'] === 'password'
  );
}

/** A member's own name comes first; one that says what the value is about ends what stood above. */
function inherit(
  above: Inherited | undefined,
  inArray: boolean,
  key: string,
  kind: NameKind | undefined,
  inner: unknown,
): Inherited | undefined {
  if (kind !== undefined && typeof inner === 'object') return { name: key, kind, levels: MAX_INHERITED_LEVELS };
  if (above === undefined || above.levels === 0) return undefined;
  if (!inArray && isAboutName(key)) return undefined;
  return { ...above, levels: above.levels - 1 };
}

/** Below a name only what looks random counts: a map has many kinds of members. */
function suspectInherited(above: Inherited, text: string, path: Path, found: NamedSecret[]): void {
  const isListed = typeof path.at(-1) === 'number' && above.levels === MAX_INHERITED_LEVELS - 1;
  const isOneOfMany = above.levels === MAX_INHERITED_LEVELS - 1 && /s$/i.test(above.name);
  const kind = above.kind === 'key' || (above.kind === 'password' && (isListed || isOneOfMany)) ? above.kind : 'token';
  const suspicion = suspectNamedValue(kind, text, above.name);
  if (suspicion !== undefined && suspicion !== 'likely') found.push({ path: [...path], suspicion, name: above.name });
}

function suspect(kind: NameKind | undefined, name: string, value: unknown, path: Path, found: NamedSecret[]): void {
  if (kind === undefined) return;
  // A password of digits may be written as a number.
  const text =
    typeof value === 'number' && (kind === 'password' || kind === 'secret' || kind === 'pin') ? String(value) : value;
  if (typeof text !== 'string') return;
  const suspicion = suspectNamedValue(typeof value === 'number' && kind !== 'pin' ? 'password' : kind, text, name);
  if (suspicion !== undefined) found.push({ path, suspicion, name });
}

/** `{"name": "API_KEY", "value": …}` and `["API_KEY", …]`. */
function pairOf(
  members: Record<string, unknown>,
  isArray: boolean,
  path: Path,
): { name: string | undefined; value: unknown; valuePath: Path } {
  if (isArray) {
    const [name, value, ...others] = Object.values(members);
    const isPair = typeof name === 'string' && others.length === 0 && /^[A-Za-z][\w.-]{1,127}$/.test(name);
    return { name: isPair ? name : undefined, value, valuePath: [...path, 1] };
  }
  const name = [members['name'], members['key'], members['header'], members['field']].find(
    (candidate) => typeof candidate === 'string',
  );
  return { name: name as string | undefined, value: members['value'], valuePath: [...path, 'value'] };
}
