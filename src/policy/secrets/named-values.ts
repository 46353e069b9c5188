import { isExample, isPlaceholder, literalPart } from './placeholder.ts';
import { isDense, isPassword, isRandomRun, isWordy, randomChars } from './randomness.ts';
import { isHarmlessValue, isUuid } from './references.ts';
import { isUuidKeyName, type NameKind } from './secret-names.ts';

/** How sure it is that a value is a credential: `certain` and `likely` are refused, `possible` is only reported. */
export type Suspicion = 'certain' | 'likely' | 'possible';

/** The most characters of a value that are looked at under its name. */
const MAX_VALUE_CHARS = 8_192;
const SCHEME = /^[A-Za-z][A-Za-z-]{1,30}\s+(?=\S)/;
/** App passwords as mail providers print them: four groups of four letters. */
const GROUPED = /^[A-Za-z0-9]{4}(?: [A-Za-z0-9]{4}){3,5}$/;
/** The words of a wallet's seed. */
const SEED_PHRASE = /^(?:[a-z]{3,8}\s+){11,23}[a-z]{3,8}$/;
/** Words that a sentence has and a passphrase has not. */
const SENTENCE =
  /\b(?:the|an?|of|to|for|is|are|be|in|on|at|by|or|and|your|you|my|this|that|with|from|not|no|see|must|has|have|it|as)\b/i;

/** Returns the kind of a value under a name of this kind; `undefined` for references, placeholders, ciphertext, paths and plain words. */
export function suspectNamedValue(kind: NameKind, value: string, name = ''): Suspicion | undefined {
  const text = value.slice(0, MAX_VALUE_CHARS).trim();
  if (isHarmlessValue(text)) return undefined;
  const literal = literalPart(text);
  if (isPlaceholder(literal)) return undefined;
  if (isUuid(literal.replace(SCHEME, ''))) return isUuidKeyName(name) ? 'likely' : 'possible';
  const whole = suspectPiece(kind, literal);
  if (whole !== undefined || !/[\s;,&=]/.test(literal)) return whole;
  if (kind === 'password' ? GROUPED.test(literal) : kind !== 'user' && SEED_PHRASE.test(literal)) return 'certain';
  if (/passphrase/i.test(name) && /^[a-z]{3,12}(?: [a-z]{3,12}){3,9}$/.test(literal) && !SENTENCE.test(literal))
    return 'likely';
  return strongest(
    literal
      .replace(SCHEME, '')
      .split(/[\s;,&]+/)
      .map((piece) => suspectPart(kind, piece.replace(/^[\w.-]{1,60}=(?=[^=])/, '').replace(/^["']|["']$/g, ''))),
  );
}

/** One of several values in a text, a cookie or the parameters of a header: only a random one says anything. */
function suspectPart(kind: NameKind, piece: string): Suspicion | undefined {
  const suspicion = suspectPiece(kind === 'password' || kind === 'secret' ? 'token' : kind, piece);
  return suspicion === 'certain' ? suspicion : undefined;
}

function suspectPiece(kind: NameKind, literal: string): Suspicion | undefined {
  if (
    literal === '' ||
    /\s/.test(literal) ||
    isPlaceholder(literal) ||
    (isExample(literal) && !/^\d+$/.test(literal)) ||
    isHarmlessValue(literal)
  )
    return undefined;
  if (isUuid(literal)) return 'possible';
  switch (kind) {
    case 'password':
      return isPassword(literal) ? 'certain' : undefined;
    case 'pin':
      return /^\d{4,12}$/.test(literal) ? 'likely' : undefined;
    case 'wallet':
      return /^0x[0-9a-f]{64}$/i.test(literal) ? 'likely' : undefined;
    case 'secret':
      return isDense(literal) || (isPassword(literal) && !isWordy(literal)) ? 'certain' : undefined;
    case 'user':
      return hasUserPassword(literal) ? 'certain' : undefined;
    case 'token':
      if (isDense(literal) || hasUserPassword(literal)) return 'certain';
      return literal.length >= 10 && randomChars(literal) >= 10 ? 'likely' : undefined;
    default:
      // A SHA-256 under a name that ends in "key" is as often the name of a key as the key itself.
      if (/^[0-9a-f]{40}$|^[0-9a-f]{64}$/.test(literal)) return 'possible';
      if (isRandomRun(literal)) return 'certain';
      return isDense(literal) ? 'possible' : undefined;
  }
}

/** `user:password`; a pair of numbers is a user and a group. */
function hasUserPassword(literal: string): boolean {
  const [, user, password] = /^([\w.@+-]{1,64}):([^\s/]{6,})$/.exec(literal) ?? [];
  return password !== undefined && user !== password && /[A-Za-z]/.test(password) && isPassword(password);
}

/** The surest of several judgements. */
export function strongest(all: ReadonlyArray<Suspicion | undefined>): Suspicion | undefined {
  return (['certain', 'likely', 'possible'] as const).find((grade) => all.includes(grade));
}
