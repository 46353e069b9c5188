/** The way from a document's root to one value in it: member names and array indexes. */
export type Path = ReadonlyArray<string | number>;

/** Returns the JSON Pointer of a path (RFC 6901, sections 3 and 4); the empty string is the whole document. */
export function formatPointer(path: Path): string {
  let pointer = '';
  for (const token of path) pointer += `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return pointer;
}

/**
 * Returns the unescaped reference tokens of a JSON Pointer (RFC 6901, section 4: `~1` before `~0`); `undefined` when it
 * is not one. Array indexes stay strings: only the document says whether a token is an index.
 */
export function parsePointer(pointer: string): string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * Returns the value a pointer names in a JSON document; `undefined` when there is none (RFC 6901, section 4: array
 * indexes have no leading zeros, and `-` names the element after the last, which is never there).
 */
export function valueAt(document: unknown, pointer: string): unknown {
  let value = document;
  for (const token of parsePointer(pointer) ?? [undefined]) {
    if (token === undefined || typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value) && !/^(?:0|[1-9]\d*)$/.test(token)) return undefined;
    if (!Object.hasOwn(value, token)) return undefined;
    value = (value as Record<string, unknown>)[token];
  }
  return value;
}

const PLAIN_NAME = /^[\p{L}\p{N} ._@:/$*+-]{1,64}$/u;
const DENSE_RUN = /(?=[A-Za-z0-9+_-]*\d)(?=[A-Za-z0-9+_-]*[A-Za-z])[A-Za-z0-9+_-]{16,}/;

const SHOWN_TOKENS = 8;

/** Returns true when an error may repeat this name: short, printable, and nothing in it that could be a credential. */
export function isShowable(name: string): boolean {
  return PLAIN_NAME.test(name) && !DENSE_RUN.test(name);
}

/**
 * Returns the JSON Pointer of a path for an error: a member name that could itself be a credential, or is long or
 * unprintable, is shown as `…`, because errors never repeat content; so is what lies deeper than eight steps.
 */
export function showPointer(path: Path): string {
  const shown = path
    .slice(0, SHOWN_TOKENS)
    .map((token) => (typeof token === 'number' || isShowable(token) ? token : '…'));
  return formatPointer(path.length > SHOWN_TOKENS ? [...shown, '…'] : shown);
}
