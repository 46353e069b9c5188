import { isExample, isPlaceholder, literalPart } from './placeholder.ts';

/** A credential whose form gives it away, wherever it stands. */
interface CredentialForm {
  readonly rule: string;
  readonly form: RegExp;
  /** Which group holds the secret; the whole match by default. */
  readonly secret?: number;
}

const FORMS: readonly CredentialForm[] = [
  {
    rule: 'private-key',
    form: /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|AGE-SECRET-KEY-1[0-9A-Z]{20,}/g,
  },
  { rule: 'anthropic-key', form: /sk-ant-[A-Za-z0-9_-]{16,}/g },
  { rule: 'openai-key', form: /\bsk-(?:(?:proj|svcacct|admin|or-v1)-[A-Za-z0-9_-]{16,}|[A-Za-z0-9]{32,})/g },
  { rule: 'github-token', form: /\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}/g },
  { rule: 'gitlab-token', form: /\bglpat-[A-Za-z0-9_-]{16,}/g },
  { rule: 'slack-token', form: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Za-z0-9-]{10,}/g },
  { rule: 'aws-access-key', form: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { rule: 'google-key', form: /\bAIza[0-9A-Za-z_-]{30,}/g },
  { rule: 'npm-token', form: /\bnpm_[A-Za-z0-9]{30,}/g },
  { rule: 'stripe-key', form: /\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}/g },
  { rule: 'jwt', form: /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{8,}/g },
  { rule: 'bearer-token', form: /\bBearer\s+([A-Za-z0-9._~+/-]{16,}=*)/gi, secret: 1 },
  {
    rule: 'url-credentials',
    form: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/?#:@"'<>]{0,100}:([^\s/?#@"']{1,200})@/gi,
    secret: 1,
  },
];

/** What every form above has in it: most values have none of these, and pay for one expression only. */
const TRIGGER =
  /PRIVATE KEY|AGE-SECRET|sk-|gh[pousr]_|github_pat_|glpat-|xox|xapp-|AKIA|ASIA|AIza|npm_|[sr]k_|eyJ|bearer|:\/\/[^\s/]*@/i;

/** A credential found in text: which rule, and where (offset in UTF-16 code units). */
export interface CredentialMatch {
  readonly rule: string;
  readonly at: number;
}

/** False when no part of a text can hold a credential of a known form: one look at the whole saves one at each part. */
export function mayHoldCredential(text: string): boolean {
  return TRIGGER.test(text);
}

/** Every credential of a known form in a text; what documentation prints as an example is left out. */
export function findCredentialForms(text: string): CredentialMatch[] {
  if (!mayHoldCredential(text)) return [];
  const found: CredentialMatch[] = [];
  for (const { rule, form, secret = 0 } of FORMS) {
    for (const match of text.matchAll(form)) {
      const literal = literalPart(match[secret] ?? '');
      if (!isPlaceholder(literal) && !isExample(literal)) found.push({ rule, at: match.index });
    }
  }
  return found;
}
