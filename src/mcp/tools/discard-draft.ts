import { z } from 'zod';
import { summaryOnly } from '../results/rendering.ts';
import { configName, fields } from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

/** `discard_draft` */
export const discardDraftTool = defineTool({
  name: 'discard_draft',
  title: 'Discard a draft',
  description:
    'Drops the unpublished draft of a config for good. Use it when a draft is not wanted any more; published versions are not touched. Drafts are not kept in the history, so look at it first with get_config and draft: true. That there is no draft is no error.',
  behaviour: { readOnly: false, destructive: true, idempotent: true },
  input: () => z.strictObject({ name: configName }),
  output: () => z.object({ name: fields.name, discarded: z.boolean().describe('True when there was a draft.') }),
  rendering: summaryOnly,
  async run(args, { context }) {
    const { discardDraft } = await import('../../verbs/drafts/discard-draft.ts');
    return discardDraft(context, args);
  },
});
