/** How bytes of a media type are read: `text` is text with no structure known here, `binary` is not text. */
export type ContentKind = 'json' | 'jsonc' | 'yaml' | 'toml' | 'text' | 'binary';

/** The longest media type, in characters, parameters included (RFC 6838, 4.2 allows 127 for each half). */
export const MAX_MEDIA_TYPE_CHARS = 255;

const TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
const NAME = '[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}';
const FORM = new RegExp(`^${NAME}/${NAME}(?:[ \\t]*;[ \\t]*${TOKEN}=(?:${TOKEN}|"[^"\\\\\\r\\n]*"))*$`);

/** Returns true for `type/subtype` with parameters or without (RFC 6838, 4.2; RFC 9110, 8.3.1). */
export function isMediaType(text: string): boolean {
  return text.length <= MAX_MEDIA_TYPE_CHARS && FORM.test(text);
}

const SCHEMA = /;[ \t]*schema=(?:"([^"]*)"|([^;\s]*))/i;

/** Returns the name of the schema that a media type binds its content to; undefined where it binds it to none. */
export function boundSchema(mediaType: string): string | undefined {
  const [, quoted, plain] = SCHEMA.exec(mediaType) ?? [];
  return (quoted ?? plain) || undefined;
}

/** Returns a media type that binds its content to a schema; to none where the name is empty. */
export function withSchema(mediaType: string, name: string): string {
  const bare = mediaType.replace(SCHEMA, '');
  return name === '' ? bare : `${bare};schema="${name}"`;
}

const KINDS: ReadonlyMap<string, ContentKind> = new Map([
  ['application/json', 'json'],
  ['text/json', 'json'],
  ['application/jsonc', 'jsonc'],
  ['text/jsonc', 'jsonc'],
  ['application/yaml', 'yaml'],
  ['application/x-yaml', 'yaml'],
  ['text/yaml', 'yaml'],
  ['text/x-yaml', 'yaml'],
  ['application/toml', 'toml'],
  ['text/toml', 'toml'],
  ['application/xml', 'text'],
  ['application/javascript', 'text'],
  ['application/ecmascript', 'text'],
  ['application/typescript', 'text'],
  ['application/sql', 'text'],
  ['application/x-sh', 'text'],
  ['application/json5', 'text'],
  ['application/jsonl', 'text'],
  ['application/x-ndjson', 'text'],
  ['application/x-pem-file', 'text'],
]);

const SUFFIXES: ReadonlyMap<string, ContentKind> = new Map([
  ['json', 'json'],
  ['yaml', 'yaml'],
  ['toml', 'toml'],
  ['xml', 'text'],
  ['json-seq', 'text'],
]);

/**
 * Returns how content of this media type is read; parameters and letter case do not matter (RFC 6839 and RFC 9512 for
 * suffixes).
 */
export function contentKind(mediaType: string): ContentKind {
  const essence = (mediaType.split(';', 1)[0] as string).trim().toLowerCase();
  const suffix = /\+([a-z0-9-]+)$/.exec(essence)?.[1];
  return (
    KINDS.get(essence) ??
    (suffix === undefined ? undefined : SUFFIXES.get(suffix)) ??
    (essence.startsWith('text/') ? 'text' : 'binary')
  );
}

const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ['json', 'application/json'],
  ['jsonc', 'application/jsonc'],
  ['code-workspace', 'application/jsonc'],
  ['yaml', 'application/yaml'],
  ['yml', 'application/yaml'],
  ['toml', 'application/toml'],
  ['md', 'text/markdown'],
  ['markdown', 'text/markdown'],
  ['mdc', 'text/markdown'],
  ['txt', 'text/plain'],
  ['env', 'text/plain'],
  ['ini', 'text/plain'],
  ['cfg', 'text/plain'],
  ['conf', 'text/plain'],
  ['properties', 'text/plain'],
  ['sh', 'text/plain'],
  ['csv', 'text/csv'],
  ['html', 'text/html'],
  ['xml', 'application/xml'],
  ['js', 'text/javascript'],
  ['mjs', 'text/javascript'],
  ['ts', 'text/plain'],
  ['py', 'text/x-python'],
]);

/** Returns the media type a file's name suggests; `undefined` when its extension is not known. */
export function mediaTypeOfPath(path: string): string | undefined {
  const base = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const dot = base.lastIndexOf('.');
  return dot === -1 ? undefined : EXTENSIONS.get(base.slice(dot + 1).toLowerCase());
}
