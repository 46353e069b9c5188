const VARIABLE =
  /\$\{\{[^{}]*\}\}|\$\{(?:[A-Za-z]+:)?[A-Za-z_][\w.-]*(?::?[-=?+]([^{}]*))?\}|\$\([^()]*\)|\{\{[^{}]*\}\}|\{[A-Za-z_][\w.:-]*\}|%[A-Za-z_]\w*%/g;
const BARE_VARIABLE = /(?<=^|[\s=:/@])\$[A-Za-z_]\w*(?=$|[\s:/@])/g;
const ANGLED = /<[A-Za-z][A-Za-z0-9 _.:/-]*>/g;
const WORDS =
  /^(?:your|my|the|insert|enter|replace|put|change|todo|tbd|fixme|example|sample|dummy|fake|placeholder|redacted|none|null|undefined|secret|password|token)(?:[-_ .]|$)|^(?:changeme|replaceme|redacted)/i;
const EXAMPLE =
  /(?:^|[-_.])(?:your|replace|example|placeholder|changeme|redacted|dummy|here)(?:[-_.]|$)|EXAMPLE(?:KEY)?$|(.)\1{7}/i;

/** What is literal in a value once variables such as `${env:X}`, `$X`, `{{x}}`, `%X%` and `<your-token>` are taken out; defaults stay. */
export function literalPart(value: string): string {
  if (!/[$<{%]/.test(value)) return value.trim();
  return value
    .replace(VARIABLE, (_, fallback: string | undefined) => fallback ?? '')
    .replace(BARE_VARIABLE, '')
    .replace(ANGLED, '')
    .trim();
}

/** True when a value stands for a secret that somebody is to fill in: `REPLACE_ME`, `your-token`, `xxxx`, nothing at all. */
export function isPlaceholder(literal: string): boolean {
  return literal === '' || WORDS.test(literal) || /^(?:(.)\1*|[x*.•…-]+)$/i.test(literal);
}

/** True when a credential of a known form is the one that documentation prints: `ghp_xxxxxxxx`, `AKIA…EXAMPLE`. */
export function isExample(credential: string): boolean {
  return EXAMPLE.test(credential);
}
