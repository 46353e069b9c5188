import { z } from 'zod';
import { publishDraftsRendering } from '../results/publish-drafts.ts';
import { changeMessage, changes, changesOmitted, configName, fields, receipt, storeWarnings } from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

/** `publish_drafts` */
export const publishDraftsTool = defineTool({
  name: 'publish_drafts',
  title: 'Publish drafts',
  description:
    'Turns drafts into signed versions, all in one commit or none. Use it after the drafts were reviewed with diff_configs; pass the digests that were reviewed as expected, so that nothing else is published. A draft whose config has moved on is refused with VERSION_CONFLICT. Removes the drafts it published; the files of MCP clients stay as they are.',
  behaviour: { readOnly: false, destructive: false, idempotent: true },
  input: () =>
    z.strictObject({
      names: z.array(configName).max(1_000).optional().describe('Which drafts. Default: all.'),
      expected: z
        .array(
          z.strictObject({
            name: configName,
            digest: z.string().max(71).describe('Digest of the draft that was reviewed, in full.'),
          }),
        )
        .max(1_000)
        .optional()
        .describe(
          'What the drafts must hold, as [{"name": …, "digest": "sha256:…"}]; another digest publishes nothing.',
        ),
      message: changeMessage.optional(),
    }),
  output: () =>
    z.object({
      published: z
        .array(
          z.object({
            name: fields.name,
            version: fields.version,
            digest: fields.digest,
            created: z.boolean().describe('False when the draft equalled the newest version.'),
            changes,
            changes_omitted: changesOmitted,
          }),
        )
        .describe('The configs that were published.'),
      receipt,
      warnings: storeWarnings.describe('What the new versions took away from those before.'),
    }),
  rendering: publishDraftsRendering,
  async run(args, { context }) {
    const { publishDrafts } = await import('../../verbs/drafts/publish-drafts.ts');
    return publishDrafts(context, args);
  },
});
