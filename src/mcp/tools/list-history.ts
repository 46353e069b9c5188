import { z } from 'zod';
import { listHistoryRendering } from '../results/list-history.ts';
import {
  author,
  changesOmitted,
  configName,
  cursor,
  fields,
  nextCursor,
  pageLimit,
  storeWarnings,
  total,
  verified,
} from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

const index = z.int().describe("The commit's place in the log.");
const keyId = z.string().describe('The key that signed it.');
const restoredFrom = z.int().optional().describe('With restore: the version that was brought back.');

const versions = z
  .array(
    z.object({
      version: fields.version,
      action: z.enum(['put', 'restore', 'delete']).describe('What made this version.'),
      digest: fields.digest,
      size: fields.size,
      media_type: fields.mediaType,
      time: fields.time,
      message: fields.message,
      author,
      key_id: keyId,
      index,
      commit: z.string().describe('Commit id.'),
      restored_from: restoredFrom,
      verified,
    }),
  )
  .optional()
  .describe('With name: the versions of this page.');

const changes = z.array(
  z.object({
    action: z.enum(['put', 'restore', 'delete', 'purge']).describe('What was done.'),
    name: fields.name
      .optional()
      .describe('Config name; absent with purge, which removes bytes whatever config had them.'),
    version: fields.version.optional(),
    restored_from: restoredFrom,
    digest: fields.digest,
    size: fields.size,
    media_type: fields.mediaType.optional(),
    reason: z.string().optional().describe('With purge: why.'),
  }),
);

const keys = z.array(
  z.object({
    action: z.enum(['add', 'retire', 'revoke', 'accept']).describe('What was done.'),
    key_id: z.string().optional().describe('The key.'),
    label: z.string().optional().describe('Its name, for people.'),
    role: z.string().optional().describe('What it may sign.'),
    from_index: z.int().optional().describe('The commit from which on it holds.'),
    reason: z.string().optional().describe('Why it was done.'),
  }),
);

const commits = z
  .array(
    z.object({
      index,
      verified,
      commit: z
        .string()
        .optional()
        .describe('Commit id; of a commit that is corrupt only index and verified are known.'),
      time: fields.time.optional(),
      message: fields.message.optional(),
      author: author.optional(),
      key_id: keyId.optional(),
      changes: changes.describe('What it did to which config.'),
      changes_omitted: changesOmitted,
      keys: keys.optional().describe('What it did to the keys.'),
    }),
  )
  .optional()
  .describe('Without name: the commits of this page.');

/** `list_history` */
export const listHistoryTool = defineTool({
  name: 'list_history',
  title: 'History',
  description:
    'Lists all versions of one config, or without name all commits of the store, newest first: what was done, when, why, by whom, signed with which key, and whether it still verifies. Use it to say what changed, and to find the version to compare or restore. It does not return content: diff_configs says what a version changed. Changes nothing.',
  behaviour: { readOnly: true, destructive: false, idempotent: true },
  input: () =>
    z.strictObject({
      name: configName.optional().describe('The config; without it the whole store.'),
      since: z
        .string()
        .max(40)
        .optional()
        .describe('Only what is not older: an age such as "24h" or "7d", or a time such as "2026-11-20".'),
      grep: z
        .string()
        .max(200)
        .optional()
        .describe("Only what has this text in its message, its author's name or a config's name."),
      cursor: cursor.optional(),
      limit: pageLimit.optional(),
    }),
  output: () =>
    z.object({
      name: fields.name.optional(),
      versions,
      commits,
      total: total.optional().describe('With name: all its versions.'),
      next_cursor: nextCursor,
      warnings: storeWarnings,
    }),
  rendering: listHistoryRendering,
  async run({ name, ...page }, { context }) {
    if (name === undefined) {
      const { storeHistory } = await import('../../verbs/history/store-history.ts');
      return storeHistory(context, page);
    }
    const { listHistory } = await import('../../verbs/history/list-history.ts');
    return listHistory(context, { name, ...page });
  },
});
