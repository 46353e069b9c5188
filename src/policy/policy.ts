import { StoreError } from '../core/errors.ts';
import { contentRemarks } from './content-remarks.ts';
import type { Candidate, PolicyFinding, SignedTexts } from './finding.ts';
import { formRemark } from './form-remark.ts';
import { limitFaults, signedTextFaults } from './limits.ts';
import type { SecretFinding } from './secrets/secrets.ts';
import { type ReadContent, readContent } from './syntax.ts';

export type { Candidate, PolicyFinding } from './finding.ts';

/** The rules that `admit` applies to content. */
export interface AdmitOptions {
  /** True only on the command line, with `--allow-secrets`: nothing is scanned. */
  readonly allowSecrets: boolean;
  /** The most bytes content may have: 1 MiB over MCP, 64 MiB on the command line. */
  readonly maxContentBytes: number;
}

/** The most content `findings` looks at, in bytes: what the command line may store. */
const MAX_FINDINGS_BYTES = 67_108_864;
/** How many places an error names; it counts them all. */
const PLACES_NAMED = 5;

/**
 * Decides whether content may be stored, before anything is hashed, signed or written.
 *
 * @throws StoreError `NAME_INVALID`, `ARGUMENT_INVALID`, `CONTENT_TOO_LARGE`, `CONTENT_INVALID`, `SECRET_FOUND` (with `path`,
 * `rule` and the number of `findings` in its details), in this order; no error repeats any part of a credential.
 */
export async function admit(candidate: Candidate, options: AdmitOptions): Promise<void> {
  for (const { error } of limitFaults(candidate, options.maxContentBytes)) throw error;
  const content = await readContent(candidate.bytes, candidate.mediaType);
  if (content instanceof StoreError) throw content;
  if (options.allowSecrets) return;
  const secrets = (await findSecrets(candidate, content)).filter(isRefused);
  if (secrets[0] !== undefined) throw secretFound(secrets[0], secrets);
}

/**
 * Decides whether the texts of a commit may be signed: its message and author, labels of keys, reasons, media types.
 *
 * @throws StoreError `ARGUMENT_INVALID`, `SECRET_FOUND`
 */
export async function admitTexts(
  texts: ReadonlyArray<{ readonly field: string; readonly text: string }>,
  { allowSecrets }: Pick<AdmitOptions, 'allowSecrets'>,
): Promise<void> {
  for (const { field, text } of texts) for (const { error } of signedTextFaults({ [field]: text })) throw error;
  if (allowSecrets) return;
  const { findSecretsInField } = await import('./secrets/secrets.ts');
  const found: SecretFinding[] = [];
  for (const { field, text } of texts) found.push(...(await findSecretsInField(field, text)));
  const secrets = found.filter(isRefused);
  if (secrets[0] !== undefined) throw secretFound(secrets[0], secrets);
}

/**
 * All the policy has to say of a candidate, for people to read before anything is signed: `errors` are what `admit` refuses
 * and MCP server entries that cannot work, `warnings` what is probably not meant. Never throws for content, whatever it is.
 */
export async function findings(
  candidate: Candidate,
  options: FindingsOptions = {},
): Promise<{ errors: PolicyFinding[]; warnings: PolicyFinding[] }> {
  const errors: PolicyFinding[] = [];
  const warnings: PolicyFinding[] = [];
  for (const { path, error } of limitFaults(candidate, options.maxContentBytes ?? MAX_FINDINGS_BYTES))
    errors.push(asFinding(path, error));
  const content = await readContent(candidate.bytes, candidate.mediaType);
  if (content instanceof StoreError) {
    errors.push(asFinding(placeOf(content), content));
    return { errors, warnings };
  }
  for (const secret of await findSecrets(candidate, content)) {
    if (isRefused(secret)) errors.push(asFinding(secret.path, secretFound(secret, [secret])));
    else
      warnings.push({
        code: 'SECRET_SUSPECTED',
        path: secret.path,
        message: `may be a credential in clear; if it is one, put \${env:${secret.variable}} there`,
      });
  }
  warnings.push(...contentRemarks(candidate, content));
  const form = await formRemark(candidate);
  if (form !== undefined) warnings.push(form);
  const value = content.form === 'value' ? content.value : await documentInText(content.text);
  if (typeof value === 'object' && value !== null) {
    const { mcpServerFindings } = await import('./servers/mcp-servers.ts');
    const servers = mcpServerFindings(candidate.name, value, options.previous);
    // They refuse nothing: an entry that cannot work may be one that is being written.
    warnings.push(...servers.errors, ...servers.warnings);
  }
  return { errors, warnings };
}

/** The facts `findings` may get in addition to the candidate. */
export interface FindingsOptions {
  readonly maxContentBytes?: number;
  /** The value of the config's newest version, to see programs that changed under the same server name. */
  readonly previous?: unknown;
}

async function findSecrets(candidate: Candidate, content: ReadContent): Promise<SecretFinding[]> {
  const { findSecretsInField, findSecretsInText, findSecretsInValue } = await import('./secrets/secrets.ts');
  const found: SecretFinding[] = [];
  if (content.form === 'value') {
    found.push(...(await findSecretsInValue(content.value)));
    if (content.kind !== 'json') found.push(...(await findSecretsAroundValues(content)));
  } else {
    const value = await documentInText(content.text);
    found.push(...(value === undefined ? await findSecretsInText(content.text) : await findSecretsInValue(value)));
  }
  found.push(...(await findSecretsInField('name', candidate.name)));
  found.push(...(await findSecretsInField('media type', candidate.mediaType)));
  found.push(...(await findSecretsInTexts(candidate)));
  return found;
}

/** Returns the parts of a structured text that are not values: comments, tags, anchors, directives. */
async function findSecretsAroundValues({
  value,
  text,
  kind,
}: Extract<ReadContent, { form: 'value' }>): Promise<SecretFinding[]> {
  const [{ commentRanges, onlyComments }, { findSecretsBetweenValues, findSecretsInText }, { stringLeaves }] =
    await Promise.all([
      import('../core/content/comments.ts'),
      import('./secrets/secrets.ts'),
      import('./secrets/secret-values.ts'),
    ]);
  const comments = onlyComments(text, await commentRanges(text, kind));
  const inComments = await findSecretsInText(comments);
  const lines = new Set(inComments.map(({ path }) => path));
  const between = await findSecretsBetweenValues(text, stringLeaves(value));
  return [...inComments, ...between.filter(({ path }) => !lines.has(path))];
}

async function documentInText(text: string): Promise<unknown> {
  if (!/^[\s\uFEFF]*[[{]/.test(text)) return undefined;
  const { documentIn } = await import('./secrets/secrets.ts');
  return documentIn(text);
}

async function findSecretsInTexts(texts: SignedTexts): Promise<SecretFinding[]> {
  const { findSecretsInField } = await import('./secrets/secrets.ts');
  const found: SecretFinding[] = [];
  for (const field of ['message', 'label', 'reason'] as const)
    found.push(...(await findSecretsInField(field, texts[field] ?? '')));
  return found;
}

function isRefused({ suspicion }: SecretFinding): boolean {
  return suspicion !== 'possible';
}

function secretFound(first: SecretFinding, all: readonly SecretFinding[]): StoreError {
  const more = all.slice(1, PLACES_NAMED).map((secret) => place(secret.path));
  const others =
    all.length === 1 ? '' : `, and ${all.length - 1} more: ${more.join(', ')}${all.length > PLACES_NAMED ? ' …' : ''}`;
  return new StoreError(
    'SECRET_FOUND',
    `a credential is in clear at ${place(first.path)} (rule ${first.rule})${others}`,
    {
      hint: `Put \${env:${first.variable}} there and keep the value in that environment variable; what was sent was not stored.`,
      details: { path: first.path, rule: first.rule, findings: all.length },
    },
  );
}

function place(path: string): string {
  return path === '' ? 'the whole content' : path.startsWith('/') ? `"${path}"` : path;
}

function placeOf(error: StoreError): string {
  const { path, line } = error.details ?? {};
  return typeof path === 'string' && path !== '' ? path : line === undefined ? '' : `line ${line}`;
}

function asFinding(path: string, error: StoreError): PolicyFinding {
  return { code: error.code, path, message: `${error.message}. ${error.hint}` };
}
