import { isExample, isPlaceholder, literalPart } from './placeholder.ts';
import { isWordy, randomChars } from './randomness.ts';
import { TOKEN_FORMS, type TokenForm } from './token-table.ts';
import { findUrlCredentials } from './url-credentials.ts';

/** A credential found in text: which rule, and where (offset in UTF-16 code units). */
export interface CredentialMatch {
  readonly rule: string;
  readonly at: number;
  /** How many code units it has. */
  readonly length: number;
}

const PRIVATE_KEY = /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d/g;
const BEARER = /\bBearer\s+([A-Za-z0-9._~+/-]{16,}=*)/gi;
const BASIC = /\bBasic\s+([A-Za-z0-9+/_-]{8,}={0,2})/gi;
const EXPRESSIONS = TOKEN_FORMS.map((form) => ({ ...form, expression: expressionOf(form) }));
/**
 * Something of each form, for one look at the whole text. Grouped by their first letters, because at each character all that are
 * side by side are tried; the last family, whose head is no more than a class of characters, is looked for by itself.
 */
const SIGNS = new RegExp(
  grouped([
    ...['PRIVATE KEY', 'PuTTY-', 'Bearer', 'bearer', 'BEARER', 'Basic', 'basic', 'BASIC'],
    ...['://[^\\s/]*@', '://[^\\s/]*:', '@(?:tcp|udp|unix)\\('],
    ...TOKEN_FORMS.filter(({ rule }) => rule !== 'token').map(({ head, mark }) => mark ?? head),
  ]),
);
/** Words that begin like a token of the last family, and are followed by hashes and the names of things. */
const NO_ISSUER =
  /^(?:sha\d*|md5|hash|digest|etag|commit|rev|build|img|image|chunk|asset|file|id|doc|page|public|pk|pub|publishable|nonce|integrity)[_-]/;

/** Returns one expression for all of them, those that begin with the same letter together. */
function grouped(sources: readonly string[]): string {
  const byLetter = Map.groupBy(sources, (source) => /^[A-Za-z](?![{?*+])/.exec(source)?.[0]);
  return [...byLetter]
    .flatMap(([letter, those]) =>
      letter === undefined ? those : [`${letter}(?:${those.map((source) => source.slice(1)).join('|')})`],
    )
    .join('|');
}

function expressionOf({ head, body, loose }: TokenForm): RegExp {
  return new RegExp(`${loose === true ? '(?<![A-Za-z0-9+/_-]{2})' : ''}(?:${head})(?:${body})`, 'g');
}

/** False when no part of a text can hold a credential of a known form: one look at the whole saves one at each part. */
export function mayHoldCredential(text: string): boolean {
  // Most bytes that are no text have no such run, and the long expression takes its time.
  if (!/[A-Za-z0-9]{3}/.test(text)) return false;
  return SIGNS.test(text) || (/[A-Za-z0-9]{32}/.test(text) && /[a-z0-9][_-][A-Za-z0-9]{32}/.test(text));
}

/** Every credential of a known form in a text; what documentation prints as an example is left out. */
export function findCredentialForms(text: string): CredentialMatch[] {
  if (!mayHoldCredential(text)) return [];
  const found: CredentialMatch[] = [];
  for (const { rule, expression, loose } of EXPRESSIONS) {
    for (const { 0: match, index } of text.matchAll(expression))
      if (isMeant(match, rule, loose === true)) found.push({ rule, at: index, length: match.length });
  }
  for (const { 0: match, index } of text.matchAll(PRIVATE_KEY))
    if (isKeyBody(text.slice(index + match.length, index + match.length + 80)))
      found.push({ rule: 'private-key', at: index, length: match.length });
  for (const { 0: match, 1: token = '', index } of text.matchAll(BEARER)) {
    const literal = literalPart(token);
    if (!isPlaceholder(literal) && !isExample(literal) && !isWordy(literal))
      found.push({ rule: 'bearer-token', at: index, length: match.length });
  }
  for (const { 0: match, 1: token = '', index } of text.matchAll(BASIC))
    if (isBasic(token)) found.push({ rule: 'basic-auth', at: index, length: match.length });
  for (const at of findUrlCredentials(text)) found.push({ rule: 'url-credentials', at, length: 1 });
  return found;
}

function isMeant(match: string, rule: string, loose: boolean): boolean {
  if (isExample(match) || isPlaceholder(match)) return false;
  if (loose && (randomChars(match) < 20 || (rule === 'token' && NO_ISSUER.test(match)))) return false;
  // A form to be filled in is all words, whichever service it is for.
  return !isWordy(match) || !/[-_.]/.test(match.slice(12));
}

/** Documentation names the first line of a key too, and goes on in prose or with dots. */
function isKeyBody(after: string): boolean {
  const body = after.replace(/^(?:\\+[nrt]|[\s"',\\>|+-])*/, '');
  return (
    body === '' ||
    /^(?:[A-Za-z0-9+/=_-]{16,}|[A-Za-z-]{4,20}: )/.test(body) ||
    !/^(?:\.{2,}|…|[<[({*`]|[A-Za-z]+[\s,.;:)])/.test(body)
  );
}

/** `Basic` is followed by base64 of user and password (RFC 7617). */
function isBasic(token: string): boolean {
  const [, user, password] =
    /^([\x20-\x7e]*?):([\x20-\x7e]{3,})$/.exec(Buffer.from(token, 'base64').toString('latin1')) ?? [];
  return password !== undefined && password !== user && !isPlaceholder(literalPart(password));
}
