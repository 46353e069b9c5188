import type { TypedBytes } from '../content/compare.ts';
import { decodeText, parseAnySize } from '../content/content.ts';
import { sameValue } from '../content/diff.ts';
import { Exact, exactFloat } from '../content/exact.ts';
import { type ContentKind, contentKind } from '../content/media-type.ts';
import { StoreError } from '../errors.ts';
import { canonicalJson, toCanonicalBytes } from '../json/canonical-json.ts';
import { isObject } from '../json/is-object.ts';
import { mergePatch } from '../json/merge-patch.ts';
import { type Edit, lineBreak, listEdits } from './edits.ts';

/** A patched text. */
export interface PatchedContent {
  readonly bytes: Uint8Array;
  /** True when the edits did not fit into the text, so that all of it was written again, without its comments. */
  readonly laidOutAgain: boolean;
}

/** So many edits are a new document. */
const MAX_EDITS = 500;
/** The most edits of YAML times the characters of the text. */
const MAX_YAML_WORK = 4_000_000;

/**
 * Returns structured content with a merge patch (RFC 7386) applied. Only the members that change are written: comments, order and
 * layout of all others stay. JSON in canonical form stays canonical.
 *
 * @throws StoreError `CONTENT_INVALID` when the content has no structure, or holds what cannot be written again
 */
export async function patchContent(
  content: TypedBytes,
  patch: Readonly<Record<string, unknown>>,
): Promise<PatchedContent> {
  // The members of the patch are held to what JSON can say, before they are mixed with those of the text.
  canonicalJson(patch);
  const value = await structure(content);
  const kind = contentKind(content.mediaType);
  return rewrite(content, value, mergePatch(value, kind === 'yaml' || kind === 'toml' ? withFloats(patch) : patch));
}

/** Numbers that these formats read as floats only are compared as such. */
function withFloats(value: unknown): unknown {
  if (typeof value === 'number')
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? exactFloat(String(value)) : value;
  if (Array.isArray(value)) return value.map(withFloats);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withFloats(inner)]));
}

/** Returns structured content changed so that it holds the data of `value`; as {@link patchContent}. */
export async function replaceData(content: TypedBytes, value: unknown): Promise<PatchedContent> {
  return rewrite(content, await structure(content), value);
}

async function structure(content: TypedBytes): Promise<unknown> {
  const value = await parseAnySize(content.bytes, content.mediaType);
  if (value instanceof Exact && value.type === 'documents')
    throw new StoreError('CONTENT_INVALID', 'the text has several YAML documents, and a patch is of one', {
      hint: 'Edit the text, and store it whole.',
    });
  if (value === undefined)
    throw new StoreError(
      'CONTENT_INVALID',
      `${content.mediaType} of ${content.bytes.length} bytes is not read as structure`,
      {
        hint: 'Edit the text, and store it whole.',
      },
    );
  return value;
}

async function rewrite(content: TypedBytes, former: unknown, after: unknown): Promise<PatchedContent> {
  const kind = contentKind(content.mediaType);
  const text = decodeText(content.bytes);
  // YAML of comments only, or of nothing, has room for members.
  const before = kind === 'yaml' && former === null && isObject(after) ? {} : former;
  if (kind === 'json' && isCanonical(text, before)) return { bytes: toCanonicalBytes(after), laidOutAgain: false };
  if (sameValue(before, after)) return { bytes: content.bytes, laidOutAgain: false };
  for (const wholeArrays of [false, true]) {
    const edits = listEdits(before, after, wholeArrays);
    const spliced = edits.length > MAX_EDITS ? undefined : await splice(text, kind, edits);
    if (spliced === undefined) continue;
    const bytes = Buffer.from(spliced, 'utf8');
    if (sameValue(await readAgain(bytes, content.mediaType), after)) return { bytes, laidOutAgain: false };
  }
  return { bytes: await writeAgain(text, content.mediaType, after), laidOutAgain: true };
}

function isCanonical(text: string, value: unknown): boolean {
  if (/\s/.test(text[1] ?? '') || holdsExact(value)) return false;
  return canonicalJson(value) === text;
}

function holdsExact(value: unknown): boolean {
  if (value instanceof Exact) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsExact);
}

/** The text with edits made in place; `undefined` where one has no place of its own. */
async function splice(text: string, kind: ContentKind, edits: readonly Edit[]): Promise<string | undefined> {
  try {
    switch (kind) {
      case 'yaml':
        // Each edit reads the text again.
        if (edits.length * text.length > MAX_YAML_WORK) return undefined;
        return (await import('./yaml-layout.ts')).editYaml(text, edits);
      case 'toml':
        return (await import('./toml-layout.ts')).editToml(text, edits);
      default:
        return (await import('./json-layout.ts')).editJson(text, edits);
    }
  } catch (error) {
    // The splicers know the common layouts; whatever else there is, is written again.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** A splice may leave a text that is no document at all. */
async function readAgain(bytes: Uint8Array, mediaType: string): Promise<unknown> {
  try {
    return await parseAnySize(bytes, mediaType);
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}

async function writeAgain(text: string, mediaType: string, value: unknown): Promise<Uint8Array> {
  const kind = contentKind(mediaType);
  const bytes = Buffer.from(await print(text, kind, value), 'utf8');
  if (sameValue(await readAgain(bytes, mediaType), value)) return bytes;
  throw new StoreError('CONTENT_INVALID', `the change does not fit into this ${kind.toUpperCase()} text`, {
    hint: 'Edit the text, and store it whole.',
  });
}

async function print(text: string, kind: ContentKind, value: unknown): Promise<string> {
  try {
    switch (kind) {
      case 'yaml':
        return (await import('./print-yaml.ts')).printYaml(value);
      case 'toml':
        return isObject(value) ? (await import('./print-toml.ts')).printTomlTable([], value, lineBreak(text)) : '';
      default: {
        const { printJson } = await import('./print-json.ts');
        const style = {
          unit: /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ',
          indent: '',
          eol: lineBreak(text),
          oneLine: false,
          gap: '',
        };
        return `${printJson(value, style)}${text.endsWith('\n') ? style.eol : ''}`;
      }
    }
  } catch {
    // Values that the library cannot write: the text that results is found not to hold them.
    return '';
  }
}
