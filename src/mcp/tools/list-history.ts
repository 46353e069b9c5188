import { z } from 'zod';
import { listHistoryRendering } from '../results/list-history.ts';
import { configName, cursor, fields, nextCursor, pageLimit, storeWarnings, total } from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

/** `list_history` */
export const listHistoryTool = defineTool({
  name: 'list_history',
  title: 'History of a config',
  description:
    'Lists all versions of one config, newest first: what was done, when, why, by whom, signed with which key, and whether it still verifies. Use it to find the version to compare or restore. It does not return content. Changes nothing.',
  behaviour: { readOnly: true, destructive: false, idempotent: true },
  input: z.strictObject({ name: configName, cursor: cursor.optional(), limit: pageLimit.optional() }),
  output: z.object({
    name: fields.name,
    versions: z.array(
      z.object({
        version: fields.version,
        action: z.enum(['put', 'restore', 'delete']).describe('What made this version.'),
        digest: fields.digest,
        size: fields.size,
        media_type: fields.mediaType,
        time: fields.time,
        message: fields.message,
        author: z
          .object({
            name: z.string().describe('Program.'),
            version: z.string().describe('Its version.'),
            via: z.enum(['mcp', 'cli']).describe('Which way it came.'),
          })
          .describe('Who made it, as they claim: the key is the proof.'),
        key_id: z.string().describe('The key that signed it.'),
        index: z.int().describe("The commit's place in the log."),
        commit: z.string().describe('Commit id.'),
        restored_from: z.int().optional().describe('With restore: the version that was brought back.'),
        verified: z
          .enum(['ok', 'untrusted', 'corrupt'])
          .describe('Verdict on signature and bytes; ok: unchanged since it was stored.'),
      }),
    ),
    total,
    next_cursor: nextCursor,
    warnings: storeWarnings,
  }),
  rendering: listHistoryRendering,
  async run(args, { context }) {
    const { listHistory } = await import('../../verbs/configs/list-history.ts');
    return listHistory(context, args);
  },
});
