import { z } from 'zod';
import { listConfigs } from '../../verbs/configs/list-configs.ts';
import { listConfigsRendering } from '../results/list-configs.ts';
import { cursor, fields, nextCursor, pageLimit, storeWarnings, total } from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

/** `list_configs` */
export const listConfigsTool = defineTool({
  name: 'list_configs',
  title: 'List configs',
  description:
    'Lists the stored configs by name, each with its newest version, digest, size, type, time and message, a page at a time. Use it first, to find out what there is and how it is spelled. It does not return content: get_config does. Changes nothing.',
  behaviour: { readOnly: true, destructive: false, idempotent: true },
  input: () =>
    z.strictObject({
      prefix: z
        .string()
        .max(255)
        .optional()
        .describe('Only names that begin with this, for example "claude-desktop/".'),
      include_deleted: z.boolean().optional().describe('Also list configs whose newest version is a deletion.'),
      cursor: cursor.optional(),
      limit: pageLimit.optional(),
    }),
  output: () =>
    z.object({
      configs: z
        .array(
          z.object({
            name: fields.name,
            version: fields.version,
            digest: fields.digest,
            size: fields.size,
            media_type: fields.mediaType,
            time: fields.time,
            message: fields.message,
            deleted: z.boolean().describe('The newest version is a deletion.'),
            has_draft: z.boolean().describe('There is a draft that is not published.'),
          }),
        )
        .describe('The configs of this page.'),
      total,
      next_cursor: nextCursor,
      warnings: storeWarnings,
      drafts_only: z
        .array(z.string())
        .optional()
        .describe('On the first page: names that have a draft but no version yet.'),
    }),
  rendering: listConfigsRendering,
  async run({ include_deleted, ...page }, { context }) {
    return listConfigs(context, { ...page, includeDeleted: include_deleted });
  },
});
