import { isUtf8 } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Author } from '../../core/commit/statement.ts';
import { sha256Hex } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import { parseStrictJson } from '../../core/json/strict-json.ts';
import { isConfigName } from '../../core/name.ts';
import type { Draft } from '../api/drafts.ts';

const FIELDS = ['author', 'base_version', 'content', 'media_type', 'message', 'name', 'revision', 'time'];
/** With the proof that this installation saved it. */
const PROVED_FIELDS = ['mac', ...FIELDS].sort();

/** Mark in the place of a discarded draft: it keeps the revision numbers rising, so none is used twice. */
export interface DiscardedDraft {
  readonly name: string;
  readonly revision: number;
  readonly discarded: true;
}

/** A draft to be saved. */
export type DraftContent = Omit<Draft, 'digest' | 'size' | 'fromHere'>;

/**
 * Returns the bytes of a draft's file: content that is UTF-8 as a string, any other as `{"base64": …}`, and with the
 * installation's secret, where there is one, an HMAC (RFC 2104, SHA-256) over all of it.
 */
export function encodeDraft(draft: DraftContent, secret: Uint8Array | undefined): Uint8Array {
  const content = isUtf8(draft.bytes)
    ? Buffer.from(draft.bytes).toString('utf8')
    : { base64: Buffer.from(draft.bytes).toString('base64') };
  const { author } = draft;
  const file = {
    name: draft.name,
    revision: draft.revision,
    base_version: draft.baseVersion,
    media_type: draft.mediaType,
    content,
    message: draft.message,
    author: { name: author.name, version: author.version, via: author.via },
    time: draft.time,
  };
  const mac = secret === undefined ? {} : { mac: macOf(draft, secret) };
  return Buffer.from(JSON.stringify({ ...file, ...mac }));
}

/** Over the members in a fixed order and form, so that a file spelled otherwise has the same. */
function macOf(draft: DraftContent, secret: Uint8Array): string {
  const { name, revision, baseVersion, mediaType, message, author, time, bytes } = draft;
  const head = JSON.stringify([
    name,
    revision,
    baseVersion,
    mediaType,
    message,
    author.name,
    author.version,
    author.via,
    time,
  ]);
  return createHmac('sha256', secret).update(head).update('\0').update(bytes).digest('hex');
}

/** How the file of a discarded draft ends, and no other: those end with their time. */
const _DISCARDED_END = '"discarded":true}';

/** The bytes of the file that says a draft was discarded. */
export function encodeDiscarded(name: string, revision: number): Uint8Array {
  return Buffer.from(JSON.stringify({ name, revision, discarded: true }));
}

/**
 * Reads a draft's file strictly.
 *
 * @param where the file's path, named in the error
 * @throws StoreError `CORRUPT`, with `where` in the message and never a part of the content
 */
export function parseDraft(bytes: Uint8Array, where: string, secret: Uint8Array | undefined): Draft | DiscardedDraft {
  const broken = (why: string, cause?: unknown) => damagedDraft(where, why, cause);
  if (!isUtf8(bytes)) throw broken('it is not UTF-8');
  let value: unknown;
  try {
    value = parseStrictJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch (cause) {
    throw broken('it is not strict JSON', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw broken('it is not an object');
  const file = value as Record<string, unknown>;
  const { name, revision } = file;
  if (!isConfigName(name)) throw broken('its name is not a config name');
  if (!isCount(revision) || revision === 0) throw broken('its revision is not a whole number above 0');
  if (file['discarded'] === true && Object.keys(file).length === 3) return { name, revision, discarded: true };
  const members = Object.keys(file).sort().join();
  if (members !== FIELDS.join() && members !== PROVED_FIELDS.join())
    throw broken(`its members are not ${FIELDS.join(', ')}`);
  const { base_version: baseVersion, media_type: mediaType, message, time } = file;
  const content = readContent(file['content']);
  const author = readAuthor(file['author']);
  if (!isCount(baseVersion)) throw broken('its base version is not a whole number');
  if (typeof mediaType !== 'string' || typeof message !== 'string')
    throw broken('its media type or message is not text');
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) throw broken('time is not a time');
  if (content === undefined) throw broken('content is neither text nor base64');
  if (author === undefined) throw broken('author is not one');
  const draft = { name, revision, baseVersion, mediaType, bytes: content, message, author, time };
  const fromHere = secret !== undefined && isSame(file['mac'], macOf(draft, secret));
  return { ...draft, digest: sha256Hex(content), size: content.length, fromHere };
}

/** `CORRUPT` for a draft's file, with its path and never a part of its content. */
export function damagedDraft(where: string, why: string, cause?: unknown): StoreError {
  return new StoreError('CORRUPT', `the draft file ${where} is damaged: ${why}`, {
    hint: 'Save the draft again or discard it; committed versions are not touched by this.',
    details: { where },
    cause,
  });
}

function isSame(given: unknown, mac: string): boolean {
  return (
    typeof given === 'string' && given.length === mac.length && timingSafeEqual(Buffer.from(given), Buffer.from(mac))
  );
}

function readContent(value: unknown): Uint8Array | undefined {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (typeof value !== 'object' || value === null || Object.keys(value).join() !== 'base64') return undefined;
  const { base64 } = value as { base64: unknown };
  if (typeof base64 !== 'string') return undefined;
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : undefined;
}

function readAuthor(value: unknown): Author | undefined {
  if (typeof value !== 'object' || value === null || Object.keys(value).sort().join() !== 'name,version,via')
    return undefined;
  const { name, version, via } = value as Record<string, unknown>;
  if (typeof name !== 'string' || typeof version !== 'string' || (via !== 'mcp' && via !== 'cli')) return undefined;
  return { name, version, via };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
