import { z } from 'zod';
import { checkHealthRendering } from '../results/check-health.ts';
import { defineTool } from '../tool/tool.ts';

/** `check_health` */
export const checkHealthTool = defineTool({
  name: 'check_health',
  title: 'Check health',
  description:
    'Says whether the store can serve, write and sign, with version, store id, newest commit, keys and every check; a failed check says how to fix it. Use it when another tool reports an error about the store itself. It does not check content: verify_store does. Changes nothing.',
  behaviour: { readOnly: true, destructive: false, idempotent: true },
  input: () => z.strictObject({}),
  output: () =>
    z.object({
      ok: z.boolean().describe('True when every check passed, or only warnings are left.'),
      version: z.string().describe("This program's version."),
      store: z.string().optional().describe('Store id; absent while there is no store yet.'),
      head: z
        .object({ index: z.int().describe('Its place in the log.'), commit: z.string().describe('Its id.') })
        .optional()
        .describe('The newest commit.'),
      keys: z.int().describe('Keys in force.'),
      verified_at: z.string().optional().describe('When a verification of the whole store last passed here.'),
      checks: z
        .array(
          z.object({
            name: z.string().describe('What was checked.'),
            ok: z.boolean().describe('Whether it passed.'),
            severity: z
              .enum(['error', 'warning'])
              .optional()
              .describe('Where it failed: warning when the store works without it.'),
            message: z.string().describe('What was found.'),
            hint: z.string().optional().describe('How to fix it.'),
          }),
        )
        .describe('Every check, passed or not.'),
    }),
  rendering: checkHealthRendering,
  async run(_args, { context }) {
    const { checkHealth } = await import('../../verbs/store/check-health.ts');
    return checkHealth(context);
  },
});
