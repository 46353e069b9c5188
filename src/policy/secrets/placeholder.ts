import { isRandomRun, randomChars } from './randomness.ts';

const VARIABLE =
  /\$\{\{[^{}]*\}\}|\$\{(?:[A-Za-z]+:)?\w[\w.-]*(?::?[-=?+]([^{}]*))?\}|\$\{[^{}\n]*\}|#\{[^{}\n]*\}#?|\$\([^()]*\)|\{\{[^{}]*\}\}|\{\$?[A-Za-z_][^{}\s"']*\}|%[A-Za-z_]\w*%|%env\([^()]*\)%|@@\w+@@|![A-Z][A-Z0-9_]*!/g;
const BARE_VARIABLE = /(?<=^|[\s=:/@])\$(?:env[:.])?[A-Za-z_]\w*(?=$|[\s:/@])/gi;
const ANGLED =
  /<[A-Za-z][A-Za-z0-9 _.:/-]*>|\[[A-Z][A-Z0-9 _-]*\]|\[(?:filtered|redacted|hidden|masked|secret|encrypted)\]/gi;
/** A secret as logs and screens show it: its beginning or end, and dots or stars for the rest. */
const MASKED = /^[\w.-]{0,16}(?:…|\.{3,}|\*{3,}|•{3,})[\w.-]{0,8}$/;

/** Words that ask for a value when a text begins with them. */
const ASKING =
  /^(?:your|my|the|an?|insert|enter|replace|put|paste|change|todo|tbd|fixme|example|sample|dummy|fake|placeholder|redacted|masked|none|null|undefined|secret|password|token)(?=[-_ .]|$)/i;
/** Words of placeholders that are written together, or in another order: `changeme`, `mysecretpassword`, `API_KEY_HERE`. */
const WORDS =
  /your|insert|enter|replace|paste|put|change|todo|tbd|fixme|example|sample|dummy|fake|placeholder|redacted|masked|hidden|none|null|undefined|here|secret|password|passwd|passphrase|pass|token|apikey|key|api|the|my|me|it|goes|value|auth|bearer|username|user|access|client|private|database|db/gi;
const SEQUENCE = /0123456\d*|1234567\d*|abcdefgh[a-z]*|(?:[a-z]{3}[._-]?\d{3}[._-]?){3,}[a-z]*/gi;
const RUN = /(.)\1{7,}/gi;
/** So many random characters are a value, whatever stands before or behind them. */
const RANDOM_REST = 14;
const EXAMPLE = /(?:^|[-_.])(?:your|replace|example|placeholder|changeme|redacted|dummy|here)(?:[-_.]|$)|(.)\1{7}/i;
/** How the documentation of AWS marks its keys. */
const MARKED = /EXAMPLE(?:KEY)?$/i;

/** The literal rest of a value without variables such as `${env:X}`, `$X`, `{{x}}`, `{file:x}`, `%X%`, `<your-token>`; defaults stay. */
export function literalPart(value: string): string {
  if (!/[$<{%[@!]/.test(value)) return value.trim();
  return value
    .replace(VARIABLE, (whole, fallback: string | undefined) => (namesNothing(whole) ? whole : (fallback ?? '')))
    .replace(BARE_VARIABLE, (whole) => (namesNothing(whole) ? whole : ''))
    .replace(ANGLED, (whole) => (namesNothing(whole) ? whole : ''))
    .trim();
}

/** No variable is called so: what stands between the signs is the value itself. */
function namesNothing(variable: string): boolean {
  const name = variable.replace(/^\W+|\W+$/g, '');
  return /[a-z]/.test(name) && /[A-Z]/.test(name) && /\d/.test(name) && isRandomRun(name);
}

/**
 * True when a value stands for a secret that is to be filled in: `REPLACE_ME`, `your-token`, `xxxx`, nothing at all. Only words
 * make a placeholder: whatever it begins with, a value with a random rest is one that is meant.
 */
export function isPlaceholder(literal: string): boolean {
  if (literal === '' || /^(?:(.)\1*|[x*.•…_-]+)$/i.test(literal) || MASKED.test(literal)) return true;
  // Digits alone are a password, however simple.
  if (/^\d+$/.test(literal)) return false;
  const plain = literal.replace(SEQUENCE, ' ');
  if (randomChars(plain) >= 5 || /[^\w\s.:/<>[\](){}*…'-]/.test(plain)) return false;
  if (ASKING.test(plain)) return true;
  const rest = plain.replace(WORDS, ' ');
  return rest !== plain && /^[\W_]*\d{0,4}[\W_]*$/.test(rest);
}

/** True when a credential of a known form is the one that documentation prints: `ghp_xxxxxxxx`, `AKIA…EXAMPLE`. */
export function isExample(credential: string): boolean {
  // A word of documentation, or a run of one character, does not make an example of what is random for the rest.
  if (MARKED.test(credential)) return true;
  if (EXAMPLE.test(credential)) return randomChars(credential.replace(WORDS, ' ').replace(RUN, ' ')) < RANDOM_REST;
  const rest = credential.replace(SEQUENCE, ' ');
  return rest !== credential && randomChars(rest) < 10;
}
