import type { Guidance } from '../../core/advice.ts';
import { isStoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';
import type { VersionReference } from '../../core/version-reference.ts';
import { argumentInvalid } from '../shared/argument.ts';
import { schemaViolations } from '../shared/bound-schema.ts';
import { type Content, structuredValue } from '../shared/content-changes.ts';
import { runContentTask } from '../shared/content-thread.ts';
import type { Context } from '../shared/context.ts';
import { count } from '../shared/text.ts';
import { contentToStore } from './content-to-store.ts';
import type { TypedContent } from './find-media-type.ts';
import { contentsGiven, typedContent } from './given-content.ts';
import { readConfig } from './read-config.ts';

/** The content to check: a config's head, a version, its draft, or given content (`content`, `json` or `bytes`). */
export interface ValidateConfigRequest {
  readonly name?: string | undefined;
  readonly version?: VersionReference | undefined;
  readonly draft?: boolean | undefined;
  readonly content?: string | undefined;
  readonly json?: unknown;
  /** Raw bytes; the command line only. */
  readonly bytes?: Uint8Array | undefined;
  /** The name of the file the content comes from: its extension tells the media type where none is given. */
  readonly fileName?: string | undefined;
  readonly mediaType?: string | undefined;
}

/** One finding of the policy; `path` is a JSON Pointer or a line, never a value. */
export interface ValidationFinding {
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

/** The policy's answer. */
export interface ValidateConfigResult {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  /** True when there are no errors. */
  readonly valid: boolean;
  /** The media type it was checked as; absent where it could not even be spelled as bytes. */
  readonly mediaType?: string | undefined;
  readonly errors: readonly ValidationFinding[];
  readonly warnings: readonly ValidationFinding[];
}

/**
 * Checks content against the policy before anything is signed; changes nothing.
 *
 * @throws StoreError NOT_FOUND, ARGUMENT_INVALID, and what a read throws
 */
export async function validateConfig(ctx: Context, request: ValidateConfigRequest): Promise<ValidateConfigResult> {
  const given = contentsGiven(request);
  const selected = request.version !== undefined || request.draft === true;
  if (given > 1 || (given === 1 && selected))
    throw argumentInvalid(
      'there is more than one thing to check',
      'Give one of these: content, a version, or the draft.',
    );
  if (given === 0 && request.name === undefined)
    throw argumentInvalid('there is nothing to check', 'Give the name of a config, or content.');
  if (given === 0 && request.mediaType !== undefined)
    throw argumentInvalid('a media type is given without content', 'Leave it out: a stored config has its own.');
  const name = request.name === undefined ? undefined : checkName(request.name);
  const found = await findingsOf(ctx, name, request, given === 1);
  const { errors, mediaType } = found;
  // Content of a store that cannot be vouched for is judged all the same, and said to be of one.
  const doubts = given === 1 ? [] : (await ctx.store()).state.notices();
  const warnings = [...doubts.map(({ code, message }) => ({ code, path: '', message })), ...found.warnings];
  return {
    summary:
      errors.length === 0
        ? `Valid, ${warnings.length === 0 ? 'no warnings' : count(warnings.length, 'warning')}`
        : `Not valid: ${count(errors.length, 'error')}, ${count(warnings.length, 'warning')}`,
    next: errors.length === 0 ? undefined : { hint: 'Fix the errors before this is stored or used.' },
    valid: errors.length === 0,
    ...(mediaType !== undefined && { mediaType }),
    errors,
    warnings,
  };
}

type Findings = Pick<ValidateConfigResult, 'errors' | 'warnings' | 'mediaType'>;

async function findingsOf(
  ctx: Context,
  name: string | undefined,
  request: ValidateConfigRequest,
  given: boolean,
): Promise<Findings> {
  let content: Content & Partial<TypedContent>;
  try {
    content = given ? await givenTo(ctx, name, request) : await readConfig(await ctx.store(), request);
  } catch (error) {
    // Content that cannot even be spelled as bytes is a finding like any other.
    if (!given || !isStoreError(error, 'CONTENT_INVALID')) throw error;
    return {
      errors: [
        { code: error.code, path: String(error.details?.['path'] ?? ''), message: `${error.message}. ${error.hint}` },
      ],
      warnings: [],
    };
  }
  const { bytes, mediaType } = content;
  const found = await runContentTask(
    [content],
    'findings',
    { name: name ?? 'unnamed', bytes, mediaType },
    { maxContentBytes: ctx.maxContentBytes, ...(await formerValue(ctx, name, content)) },
  );
  const warnings = name === undefined ? found.warnings.map(aboutNoName) : found.warnings;
  const violations = (await schemaViolations(ctx, content)).map(({ path, message }) => ({
    code: 'SCHEMA_VIOLATION',
    path,
    message,
  }));
  return { errors: [...found.errors, ...violations], warnings, mediaType };
}

/** Rewords the finding about the name when none was given: the limits depend on the client the name starts with. */
function aboutNoName(warning: ValidationFinding): ValidationFinding {
  if (warning.code !== 'UNKNOWN_CLIENT') return warning;
  return {
    ...warning,
    message: 'no name was given, so the limits of the MCP client were not checked: give the name too',
  };
}

async function givenTo(ctx: Context, name: string | undefined, request: ValidateConfigRequest): Promise<TypedContent> {
  if (name === undefined)
    return typedContent(request, { names: request.fileName === undefined ? [] : [request.fileName] });
  const store = await ctx.store();
  return contentToStore(store, { ...request, name }, await store.reader.head(name));
}

/** Returns the version that was deployed last; undefined where none was, or that cannot be known. */
async function deployedVersion(ctx: Context, name: string): Promise<number | undefined> {
  try {
    const { listDeployments } = await import('../clients/list-deployments.ts');
    const found = (await listDeployments(ctx)).find(({ config, kind }) => config?.name === name && kind !== 'undo');
    return found?.config?.version;
  } catch (error) {
    if (isStoreError(error)) return undefined;
    throw error;
  }
}

/**
 * Returns the value of the version that was deployed last, else the newest version's, where what is checked is something else: shows programs that changed under the
 * same name.
 */
async function formerValue(
  ctx: Context,
  name: string | undefined,
  content: Content,
): Promise<{ previous: unknown } | undefined> {
  if (name === undefined) return undefined;
  const store = await ctx.store();
  const head = await store.reader.head(name);
  if (head === undefined || head.action === 'delete') return undefined;
  const version = (await deployedVersion(ctx, name)) ?? head.version;
  if ('version' in content && content.version === version) return undefined;
  try {
    const { row, bytes } = await store.reader.read(name, version);
    return { previous: await structuredValue({ bytes, mediaType: row.mediaType }) };
  } catch (error) {
    // A newest version that cannot be read says nothing of this content.
    if (isStoreError(error)) return undefined;
    throw error;
  }
}
