import { isUtf8 } from 'node:buffer';
import type { Guidance } from '../../core/advice.ts';
import type { Notice } from '../../core/notice.ts';
import type { Receipt } from '../../core/receipt.ts';
import { thousands } from '../../core/thousands.ts';
import type { Store } from '../../store/api/store.ts';
import { argumentInvalid, checkWhole } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { count } from '../shared/text.ts';
import { cutWindow, type TextWindow } from '../shared/text-window.ts';
import { type ConfigRead, type ConfigSelector, readConfig } from './read-config.ts';

/** Which config, and which part of it. */
export interface GetConfigRequest extends ConfigSelector {
  /** Where the window begins, in characters of `content` as it is returned; 0 by default. */
  readonly offset?: number | undefined;
  /** The longest window, in characters: 20,000 unless asked, at most 262,144. */
  readonly maxChars?: number | undefined;
  /** An MCP client: the config's servers are returned as they stand in its file, to be pasted. */
  readonly renderFor?: string | undefined;
}

/** One config, or a window of it. */
export interface GetConfigResult {
  readonly summary: string;
  /** How to get the rest, where `truncated`. */
  readonly next?: Guidance | undefined;
  readonly name: string;
  /** Absent for drafts. */
  readonly version?: number | undefined;
  /** `sha256:<hex>` of all the bytes, not of the window. */
  readonly digest: string;
  readonly mediaType: string;
  /** `base64` when the bytes are not UTF-8; then offsets count base64 characters. */
  readonly encoding: 'utf-8' | 'base64';
  readonly content: string;
  readonly truncated: boolean;
  /** Where this window began. */
  readonly offset: number;
  /** Characters of the whole content. */
  readonly totalChars: number;
  /** Bytes of the whole content. */
  readonly size: number;
  /** False for drafts, and where the store cannot vouch for it: see `notices`. */
  readonly verified: boolean;
  /** Absent for drafts. */
  readonly receipt?: Receipt | undefined;
  /** With drafts: the revision, and the version it was begun on. */
  readonly draft?: { readonly revision: number; readonly baseVersion: number } | undefined;
  readonly notices?: readonly Notice[] | undefined;
  /** With a client to render for: what its file cannot hold, as sentences that begin with a code. */
  readonly losses?: readonly string[] | undefined;
}

/**
 * Returns one config, checked against digest, signature and chain.
 *
 * @throws StoreError NOT_FOUND, DIGEST_AMBIGUOUS, ARGUMENT_INVALID, and what a read throws
 */
export async function getConfig(
  ctx: Context,
  { offset, maxChars, renderFor, ...which }: GetConfigRequest,
): Promise<GetConfigResult> {
  const from = checkWhole('the offset', offset ?? 0, { min: 0 });
  const most = checkWhole('the length of the window', maxChars ?? 20_000, { min: 1, max: 262_144 });
  const store = await ctx.store();
  const { bytes: stored, notices, ...found } = await readConfig(store, which);
  const rendered = renderFor === undefined ? undefined : await renderedFor(store, renderFor, found);
  const { bytes, ...read } = { bytes: stored, ...found, ...rendered };
  const encoding = isUtf8(bytes) ? 'utf-8' : 'base64';
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(
    encoding === 'utf-8' ? 'utf8' : 'base64',
  );
  const window = cutWindow(text, from, most);
  return {
    summary: describe(read, bytes.length, window),
    next: nextStep(read, window, from),
    ...read,
    encoding,
    ...window,
    size: bytes.length,
    ...(notices.length === 0 ? {} : { notices }),
  };
}

/** The content in a client's words, in the place of its own. */
async function renderedFor(
  store: Store,
  client: string,
  { name, version }: Described,
): Promise<{ bytes: Uint8Array; mediaType: string; losses: readonly string[] }> {
  if (version === undefined)
    throw argumentInvalid('a draft is rendered for no client', 'Publish it first, or leave the client out.');
  const { lossText, renderConfig } = await import('../clients/render-config.ts');
  const { text, mediaType, losses } = await renderConfig(store, { name, version, client });
  return { bytes: Buffer.from(text), mediaType, losses: losses.map(lossText) };
}

type Described = Omit<ConfigRead, 'bytes' | 'notices'>;

function describe(
  { name, version, draft, mediaType, verified }: Described,
  size: number,
  { offset, content, totalChars }: TextWindow,
): string {
  const what =
    draft === undefined
      ? `${name} version ${version}`
      : `draft of ${name} (revision ${draft.revision}, on version ${draft.baseVersion})`;
  const trust =
    draft !== undefined ? 'not signed' : verified ? 'verified (unchanged since it was stored)' : 'NOT verified';
  const part =
    content.length < totalChars
      ? `; characters ${thousands(offset)} to ${thousands(offset + content.length)} of ${thousands(totalChars)}`
      : '';
  return `${what}, ${mediaType}, ${count(size, 'byte')}, ${trust}${part}`;
}

/** Returns how to read on. The next window names the version, so that windows of two versions are never put together. */
function nextStep(
  { name, version, draft }: Described,
  { offset, content, totalChars }: TextWindow,
  asked: number,
): Guidance | undefined {
  if (asked > totalChars) return { hint: `The content ends at character ${totalChars}: read from an earlier one.` };
  const end = offset + content.length;
  if (end >= totalChars) return undefined;
  return { advice: [{ do: 'read-on', name, version: draft === undefined ? version : undefined, offset: end }] };
}
