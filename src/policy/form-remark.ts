import { parseStructured } from '../core/content/content.ts';
import { contentKind, mediaTypeOfPath } from '../core/content/media-type.ts';
import { mediaTypesByForm } from '../core/content/media-type-by-form.ts';
import { isStoreError } from '../core/errors.ts';
import type { Candidate, PolicyFinding } from './finding.ts';

/**
 * Returns a remark on text that is stored unchecked although its name or its beginning says that it is JSON, YAML or TOML, where
 * it does not parse as that: a file that was cut off, most often.
 */
export async function formRemark({ name, mediaType, bytes }: Candidate): Promise<PolicyFinding | undefined> {
  if (contentKind(mediaType) !== 'text' && mediaType !== 'application/octet-stream') return undefined;
  const named = mediaTypeOfPath(name);
  if (named !== undefined && isStructured(named)) return remark(bytes, named, 'its name says');
  if (!/^text\/plain(?:;|$)/i.test(mediaType)) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  const [formed] = mediaTypesByForm(text);
  // A comment begins a program as often as a document.
  if (formed === undefined || formed === 'application/jsonc' || isJsonLines(text)) return undefined;
  return remark(bytes, formed, 'its beginning looks like');
}

async function remark(bytes: Uint8Array, mediaType: string, says: string): Promise<PolicyFinding | undefined> {
  const asWhat = mediaType === 'application/json' ? 'application/jsonc' : mediaType;
  try {
    await parseStructured(bytes, asWhat);
    return undefined;
  } catch (error) {
    if (!isStoreError(error, 'CONTENT_INVALID')) throw error;
    const { line } = error.details ?? {};
    return {
      code: 'NOT_WELL_FORMED',
      path: line === undefined ? '' : `line ${line}`,
      message: `this is no ${formatName(asWhat)}, which ${says}: ${error.message}; it is text here, which is not checked`,
    };
  }
}

function formatName(mediaType: string): string {
  const kind = contentKind(mediaType);
  return kind === 'jsonc' ? 'JSON' : kind.toUpperCase();
}

function isStructured(mediaType: string): boolean {
  const kind = contentKind(mediaType);
  return kind !== 'text' && kind !== 'binary';
}

/** One document a line is no broken document. */
function isJsonLines(text: string): boolean {
  const [first = '', second = ''] = text.split('\n', 2);
  return second.trim() !== '' && [first, second].every((line) => isJson(line));
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    // The line is asked about, not used.
    return false;
  }
}
