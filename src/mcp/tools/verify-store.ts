import { z } from 'zod';
import { verifyStoreRendering } from '../results/verify-store.ts';
import { configName } from '../tool/schemas.ts';
import { defineTool } from '../tool/tool.ts';

/** `verify_store` */
export const verifyStoreTool = defineTool({
  name: 'verify_store',
  title: 'Verify the store',
  description:
    'Checks the whole store, or the versions of one config: the chain of commits, every signature, every byte. Use it when something looks wrong, after copying a store, or from time to time; it reads everything, so it is not needed before ordinary reads, which verify what they return. Reports progress and can be cancelled. Changes nothing.',
  behaviour: { readOnly: true, destructive: false, idempotent: true },
  input: () =>
    z.strictObject({
      name: configName
        .optional()
        .describe('Only the versions of this config; the chain is checked whole all the same.'),
      depth: z
        .enum(['structure', 'signatures', 'bytes'])
        .optional()
        .describe('How deep: structure, signatures too, or every artifact too. Default bytes.'),
    }),
  output: () =>
    z.object({
      ok: z.boolean().describe('True when there is no error.'),
      checked: z
        .object({
          commits: z.int().describe('Commits read.'),
          artifacts: z.int().describe('Artifacts hashed.'),
          bytes: z.int().describe('Bytes hashed.'),
        })
        .describe('How much was checked.'),
      findings: z
        .array(
          z.object({
            severity: z.enum(['error', 'warning']).describe('How bad it is.'),
            code: z.string().describe('What kind of finding.'),
            where: z.string().describe('What it is about: a log entry, a digest, a key, a config.'),
            message: z.string().describe('What is wrong.'),
            hint: z.string().describe('How to fix it.'),
          }),
        )
        .describe('What is wrong, or should be looked at.'),
      findings_omitted: z.int().optional().describe('How many further findings are not listed.'),
      seconds: z.number().describe('How long it took.'),
    }),
  rendering: verifyStoreRendering,
  async run(args, { context, progress, signal }) {
    const { verifyStore } = await import('../../verbs/store/verify-store.ts');
    const result = await verifyStore(context, {
      ...args,
      signal,
      onProgress: (done, total) => progress(done, total, 'verifying'),
    });
    const checked = result.checked.commits + result.checked.artifacts;
    progress(checked, checked, 'verified');
    return result;
  },
});
