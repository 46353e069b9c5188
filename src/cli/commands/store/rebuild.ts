import { keepHeapSmall } from '../../../app/small-heap.ts';
import { rebuildCache } from '../../../verbs/store/rebuild-cache.ts';
import { startProgress } from '../../output/progress.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store rebuild`: makes the cache again from the log. */
export const rebuild: CommandDefinition = {
  examples: ['config-store rebuild'],
  notes: 'The log is the truth and the cache is made from it, so nothing can be lost.',
  run: async ({ context, output }) => {
    keepHeapSmall();
    const progress = await startProgress(output, 'rebuilding');
    try {
      const result = await rebuildCache(context, { onProgress: progress.update });
      progress.stop();
      await output.result(
        result,
        () => `rebuilt the cache from ${result.commits} commits in ${result.seconds.toFixed(2)} s`,
      );
    } finally {
      progress.stop();
    }
    return undefined;
  },
};
