import { isExample, isPlaceholder, literalPart } from './placeholder.ts';

/** How sure a named value is a credential: `certain` is refused, `likely` only reported. */
export type Suspicion = 'certain' | 'likely';

const PASSWORDS = new Set(['password', 'passwd', 'pwd', 'passphrase', 'secret']);
const TOKENS = new Set([
  'token',
  'apikey',
  'authorization',
  'auth',
  'credential',
  'credentials',
  'bearer',
  'pat',
  'cookie',
  'authtoken',
  'accesskey',
  'secretkey',
  'privatekey',
]);
const HARMLESS_KEYS = new Set([
  'public',
  'primary',
  'foreign',
  'sort',
  'partition',
  'cache',
  'hot',
  'shortcut',
  'host',
  'idempotency',
  'translation',
  'i18n',
  'registry',
]);

type NameKind = 'password' | 'token' | 'key';

/** What a member, variable, flag or header name says of its value; `undefined` when nothing. */
export function secretNameKind(name: string): NameKind | undefined {
  if (name.length > 128) return undefined;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !/^\d+$/.test(word));
  const last = (words.at(-1) ?? '').replace(/\d+$/, '');
  if (words.includes('public')) return undefined;
  if (PASSWORDS.has(last)) return 'password';
  if (TOKENS.has(last)) return 'token';
  const before = words.at(-2);
  return last === 'key' && before !== undefined && !HARMLESS_KEYS.has(before) ? 'key' : undefined;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const HARMLESS_VALUES = [
  /^sha(?:1|256|384|512)[:-]/i,
  /^[a-z][a-z0-9+.-]*:\/\//i,
  /^(?:arn|urn|file|mailto|keychain|vault|env):/i,
  /^age1[0-9a-z]{20,}$/,
  /^pk_(?:live|test)_/,
  /^\d{4}-\d\d-\d\d(?:[T ]|$)/,
  /^v?\d+(?:\.\d+)+(?:[-+][0-9A-Za-z.-]{1,32})?$/,
  /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i,
];
const PATH = /^(?:\.{1,2}[/\\]|~[/\\]|[/\\]|[A-Za-z]:[/\\]|%\w+%[/\\])/;

/** Whether a value under a name that says "secret" is a literal one; `undefined` for references, placeholders and plain words. */
export function suspectNamedValue(name: string, value: string): Suspicion | undefined {
  const kind = secretNameKind(name);
  if (kind === undefined || value.length > 8_192) return undefined;
  const literal = literalPart(value).replace(/^(?:bearer|basic|token|apikey|digest)\s+/i, '');
  if (isPlaceholder(literal) || isExample(literal) || /\s/.test(literal)) return undefined;
  if (HARMLESS_VALUES.some((form) => form.test(literal)) || isPath(literal)) return undefined;
  if (UUID.test(literal)) return 'likely';
  // A SHA-256 under a name that ends in "key" is as often the name of a key as the key itself.
  if (kind === 'key' && /^[0-9a-f]{64}$/.test(literal)) return 'likely';
  return (kind === 'password' ? isPassword(literal) : isDense(literal)) ? 'certain' : undefined;
}

function isPassword(literal: string): boolean {
  return (
    literal.length >= 6 &&
    ((/\d/.test(literal) && /[A-Za-z]/.test(literal)) || characterClasses(literal) >= 3 || isDense(literal))
  );
}

function isDense(literal: string): boolean {
  if (literal.length < 16 || entropyBits(literal) < 3) return false;
  if (/\d/.test(literal) && /[A-Za-z]/.test(literal)) return true;
  const caseSwitches = literal.match(/[a-z][A-Z]|[A-Z][a-z]/g)?.length ?? 0;
  return caseSwitches >= literal.length / 4;
}

function isPath(literal: string): boolean {
  return PATH.test(literal) && literal.split(/[/\\]/).every((segment) => segment.length < 24 || !isDense(segment));
}

function characterClasses(text: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((form) => form.test(text)).length;
}

/** Shannon entropy in bits per character. */
function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
