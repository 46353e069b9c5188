import { StoreError } from '../core/errors.ts';
import { contentRemarks } from './content-remarks.ts';
import type { Candidate, PolicyFinding, SignedTexts } from './finding.ts';
import { formRemark } from './form-remark.ts';
import { limitFaults, signedTextFaults } from './limits.ts';
import { stringLeaves } from './secrets/secret-values.ts';
import {
  documentIn,
  findSecretsBetweenValues,
  findSecretsInField,
  findSecretsInText,
  findSecretsInValue,
  type SecretFinding,
} from './secrets/secrets.ts';
import { keepOutside, placeText } from './servers/keep-outside.ts';
import { type ReadContent, readContent } from './syntax.ts';

export type { Candidate, PolicyFinding } from './finding.ts';

/** The rules that `admit` applies to content. */
export interface AdmitOptions {
  /** The decision of a person on the command line: nothing is scanned, or these places of the content may hold a credential. */
  readonly allowSecrets: AllowedSecrets;
  /** The most bytes content may have: 1 MiB over MCP, 64 MiB on the command line. */
  readonly maxContentBytes: number;
}

/** True for all, false for none, or the places as a refusal names them: a JSON Pointer, or `line 12`. */
export type AllowedSecrets = boolean | readonly string[];

/** A credential in clear that a person let through. */
export interface AllowedSecret {
  readonly path: string;
  readonly rule: string;
}

/** The most content `findings` looks at, in bytes: what the command line may store. */
const MAX_FINDINGS_BYTES = 67_108_864;
/** How many places an error names; it counts them all. */
const PLACES_NAMED = 5;

/**
 * Decides whether content may be stored, before anything is hashed, signed or written.
 *
 * @returns the credentials in places that are allowed
 * @throws StoreError `NAME_INVALID`, `ARGUMENT_INVALID`, `CONTENT_TOO_LARGE`, `CONTENT_INVALID`, `SECRET_FOUND` (with `path`,
 * `rule` and the number of `findings` in its details), in this order; no error repeats any part of a credential.
 */
export async function admit(candidate: Candidate, options: AdmitOptions): Promise<AllowedSecret[]> {
  for (const { error } of limitFaults(candidate, options.maxContentBytes)) throw error;
  const content = await readContent(candidate.bytes, candidate.mediaType);
  if (content instanceof StoreError) throw content;
  if (options.allowSecrets === true) return [];
  const secrets = (await findSecrets(candidate, content)).filter(isRefused);
  const allowed = allowedSecrets(secrets, options.allowSecrets === false ? [] : options.allowSecrets);
  const refused = secrets.filter((secret) => !allowed.includes(secret));
  if (refused[0] !== undefined) throw secretFound(refused[0], refused, candidate.name, contentValue(content));
  return allowed.map(({ path, rule }) => ({ path, rule }));
}

/** Only places of the content, and only those that are shown in full, are one. @throws StoreError `ARGUMENT_INVALID` */
function allowedSecrets(secrets: readonly SecretFinding[], places: readonly string[]): SecretFinding[] {
  return places.map((path) => {
    const found =
      /^(?:\/|line \d+$)/.test(path) && !path.includes('…') && secrets.find((secret) => secret.path === path);
    if (found) return found;
    throw new StoreError('ARGUMENT_INVALID', 'a place is allowed where nothing looks like a credential', {
      hint: 'Give the place as the refusal names it, a JSON Pointer or "line" and its number; one call for each config.',
    });
  });
}

function contentValue(content: ReadContent): unknown {
  return content.form === 'value' ? content.value : undefined;
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
  if (allowSecrets === true) return;
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
    if (isRefused(secret))
      errors.push(asFinding(secret.path, secretFound(secret, [secret], candidate.name, contentValue(content))));
    else
      warnings.push({
        code: 'SECRET_SUSPECTED',
        path: secret.path,
        message: `may be a credential in clear. If it is one: ${advise(secret, candidate.name, contentValue(content))}`,
      });
  }
  warnings.push(...contentRemarks(candidate, content));
  const form = await formRemark(candidate);
  if (form !== undefined) warnings.push(form);
  const value = content.form === 'value' ? content.value : documentInText(content.text);
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
  const found: SecretFinding[] = [];
  if (content.form === 'value') {
    found.push(...(await findSecretsInValue(content.value)));
    if (content.kind !== 'json') found.push(...(await findSecretsAroundValues(content)));
  } else {
    const value = documentInText(content.text);
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
  const { commentRanges, onlyComments } = await import('../core/content/comments.ts');
  const comments = onlyComments(text, await commentRanges(text, kind));
  const inComments = await findSecretsInText(comments);
  const lines = new Set(inComments.map(({ path }) => path));
  const between = await findSecretsBetweenValues(text, stringLeaves(value));
  return [...inComments, ...between.filter(({ path }) => !lines.has(path))];
}

function documentInText(text: string): unknown {
  return /^[\s\uFEFF]*[[{]/.test(text) ? documentIn(text) : undefined;
}

async function findSecretsInTexts(texts: SignedTexts): Promise<SecretFinding[]> {
  const found: SecretFinding[] = [];
  for (const field of ['message', 'label', 'reason'] as const)
    found.push(...(await findSecretsInField(field, texts[field] ?? '')));
  return found;
}

function isRefused({ suspicion }: SecretFinding): boolean {
  return suspicion !== 'possible';
}

function secretFound(
  first: SecretFinding,
  all: readonly SecretFinding[],
  configName = '',
  content?: unknown,
): StoreError {
  const more = all.slice(1, PLACES_NAMED).map((secret) => placeText(secret.path));
  const others =
    all.length === 1 ? '' : `, and ${all.length - 1} more: ${more.join(', ')}${all.length > PLACES_NAMED ? ' …' : ''}`;
  return new StoreError(
    'SECRET_FOUND',
    `${grade(first)} is in clear at ${placeText(first.path)} (rule ${first.rule})${others}`,
    {
      hint: `${advise(first, configName, content)}; what was sent was not stored.`,
      details: { path: first.path, rule: first.rule, findings: all.length, grade: first.suspicion },
    },
  );
}

function grade({ suspicion }: SecretFinding): string {
  return suspicion === 'certain' ? 'a credential' : 'what is likely a credential';
}

function advise({ path, variable }: SecretFinding, configName: string, content: unknown): string {
  return keepOutside({ configName, content, path, variable });
}

function placeOf(error: StoreError): string {
  const { path, line } = error.details ?? {};
  return typeof path === 'string' && path !== '' ? path : line === undefined ? '' : `line ${line}`;
}

function asFinding(path: string, error: StoreError): PolicyFinding {
  return { code: error.code, path, message: `${error.message}. ${error.hint}` };
}
