import { z } from 'zod';
import { isStoreError } from '../../core/errors.ts';
import { isObject } from '../../core/json/is-object.ts';
import { parseStrictJson } from '../../core/json/strict-json.ts';
import { parseVersionReference, type VersionReference } from '../../core/version-reference.ts';
import { typeName } from './type-name.ts';

/** Pieces that several tools take or give, described once. Sizes are bytes unless a description says otherwise. */

/** The verbs check names, so that a bad one is `NAME_INVALID` with a name that would do. */
export const configName = z.string().describe('Config name, for example "claude-desktop/default".');

/** A name that may be a new one. */
export const newConfigName = z
  .string()
  .describe(
    'Config name: 1 to 8 segments joined by "/", each of a-z, 0-9, ".", "_" and "-", for example "claude-desktop/default".',
  );

/** The verbs check it, so that the answer to a wrong one names those there are. */
export const clientName = z
  .string()
  .max(40)
  .describe('MCP client, as scan_clients names it, for example "cursor" or "claude-code".');

export const targetPath = z.string().max(4_096).describe('A file of the client, as scan_clients lists it.');

export const projectFolder = z
  .string()
  .max(4_096)
  .describe("Folder of a project: the clients' files in it are meant then, and not those of the user.");

/**
 * Returns a schema of a version. What is shown is the number that everything here prints; the words that the command line
 * takes (`latest`, -1, `commit:42`) are taken too.
 */
export function versionOf(description: string) {
  return z
    .custom<VersionReference>((value) => parseVersionReference(value) !== undefined, {
      error: ({ input }) => wrongVersion(input),
    })
    .meta({ type: 'integer', minimum: 1, description });
}

function wrongVersion(input: unknown): string | undefined {
  if (input === undefined) return undefined;
  return Number.isInteger(input) ? 'must be at least 1' : `must be a whole number, not ${typeName(input)}`;
}

export const versionNumber = versionOf('Version of the config: 1, 2, 3 and so on, as list_history shows them.');

export const changeMessage = z
  .string()
  .max(2_000)
  .describe(
    'Why this change is made, in one line, for those who read the history. Signed and kept forever: no secrets.',
  );

export const expectedVersion = z
  .int()
  .min(0)
  .describe(
    'The newest version, as you read it. If another is the newest by now, nothing changes: VERSION_CONFLICT. 0: the config must not exist.',
  );

export const cursor = z.string().max(2_000).describe('next_cursor of the page before; none for the first page.');

export const pageLimit = z.int().min(1).max(200).describe('Entries on a page: 50 unless given.');

/**
 * Returns a schema of an object or array as JSON. The schema names no type, because a list of types is what some
 * clients cannot read; the check is made here instead.
 */
export function jsonDocument(description: string) {
  return z
    .custom<object>((value) => typeof value === 'object' && value !== null, {
      error: ({ input }) =>
        `must be a JSON object or array, not ${typeName(input)}${typeof input === 'string' ? whyNoDocument(input) : '; put other values into content, as text'}`,
    })
    .meta({ description });
}

/** Says, without quoting it, why a text is not taken as the document it may be. */
function whyNoDocument(text: string): string {
  if (!/^\s*[[{]/.test(text)) return ' that is JSON of neither';
  try {
    parseStrictJson(text);
    return ' that is JSON of neither';
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return `: ${error.message}; put what is JSON only for some readers into content, as text`;
  }
}

/** Returns a schema of content as text; a caller that sends it parsed learns where that belongs. */
export function textContent(description: string) {
  return z
    .string({
      error: ({ input }) =>
        typeof input === 'object' && input !== null
          ? 'must be a string; send an object or array as json instead'
          : undefined,
    })
    .describe(description);
}

/**
 * Returns a schema of a JSON object with any members, own `__proto__` among them (a zod record would drop that one in
 * silence).
 */
export function jsonObject(description: string) {
  return z
    .custom<Readonly<Record<string, unknown>>>(isObject, {
      error: ({ input }) => (input === undefined ? undefined : `must be a JSON object, not ${typeName(input)}`),
    })
    .meta({ type: 'object', description });
}

const digest = z.string().describe('SHA-256 of the content, as "sha256:" and 64 hex characters.');
const time = z.string().describe('When, as the writer claims it: RFC 3339, UTC.');

/** Fields of a result that describe one version of a config. */
export const fields = {
  name: z.string().describe('Config name.'),
  version: z.int().describe('Version of the config.'),
  digest,
  size: z.int().describe('Size of the content in bytes.'),
  mediaType: z.string().describe('Media type of the content.'),
  time,
  message: z.string().describe('Why the change was made, as its writer said.'),
};

export const author = z
  .object({
    name: z.string().describe('Program.'),
    version: z.string().describe('Its version.'),
    via: z.enum(['mcp', 'cli']).describe('Which way it came.'),
  })
  .describe('Who made it, as they claim: the key is the proof.');

export const verified = z
  .enum(['ok', 'untrusted', 'corrupt', 'purged'])
  .describe('Verdict on signature and bytes; ok: unchanged since it was stored.');

export const receipt = z
  .object({
    store: z.string().describe('Store id.'),
    index: z.int().describe("The commit's place in the log."),
    commit: z.string().describe('Commit id: SHA-256 of the signed log entry.'),
    key_id: z.string().describe('The key that signed it.'),
    time,
    name: fields.name.optional(),
    version: fields.version.optional(),
    digest: digest.optional(),
  })
  .describe('Proof that this belongs to one signed commit of one store.');

const change = z.object({
  op: z.enum(['add', 'remove', 'replace']).describe('What happened at that place.'),
  path: z.string().describe('JSON Pointer (RFC 6901) of the place.'),
  before: z.unknown().optional().describe('The value before.'),
  after: z.unknown().optional().describe('The value after.'),
  extent: z
    .string()
    .optional()
    .describe('How much of content without structure differs: lines of a text, bytes of anything else.'),
  words: z.string().optional().describe('What differs between two long texts, word by word: [-removed-]{+added+}.'),
  cut: z
    .boolean()
    .optional()
    .describe('before or after was long: it is a string now, the part of the JSON text around the first difference.'),
});

export const changes = z.array(change).describe('What changed, place by place.');
export const changesOmitted = z.int().optional().describe('How many further changes are not listed.');
/** Why the store as a whole cannot be vouched for. */
export const storeWarnings = z
  .array(z.string())
  .optional()
  .describe('Why the store cannot vouch for it, or what a person should look at.');

export const nextCursor = z.string().optional().describe('Give this as cursor for the next page; absent on the last.');
export const total = z.int().describe('Entries on all pages.');

const draftState = z
  .object({
    revision: z.int().describe('Revision of the draft.'),
    base_version: z.int().describe('The version the draft was begun on; 0 when there was none.'),
  })
  .describe('Only with drafts.');

export const draftInfo = draftState.optional();

export const findings = z.array(
  z.object({
    code: z.string().describe('What kind of finding, for programs.'),
    path: z.string().describe('Where: a JSON Pointer or a line.'),
    message: z.string().describe('What is wrong, and what to do.'),
  }),
);

/** Result of put_config, patch_config and restore_config. */
export const writeResult = z.object({
  name: fields.name,
  created: z.boolean().describe('False when the content equals what was there: nothing new was stored.'),
  version: fields.version.optional(),
  digest,
  media_type: fields.mediaType.describe(
    'Media type it was stored as: as given, that of the version before, or as its name or form say.',
  ),
  receipt: receipt.optional(),
  draft: draftInfo,
  changes,
  changes_omitted: changesOmitted,
  warnings: findings
    .optional()
    .describe('Remarks on the MCP server entries that changed, and on what the change took away; stored all the same.'),
});
