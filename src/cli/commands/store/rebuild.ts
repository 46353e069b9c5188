import { startProgress } from '../../output/progress.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store rebuild`: the cache anew from the log. */
export const rebuild: CommandDefinition = {
  examples: ['config-store rebuild'],
  notes: 'The log is the truth and the cache is made from it, so nothing can be lost.',
  run: async (environment) => {
    const store = await environment.store();
    const progress = await startProgress(environment.output, 'rebuilding');
    try {
      const result = await store.maintenance.rebuild(progress.update);
      progress.stop();
      await environment.output.result(
        result,
        () => `rebuilt the cache from ${result.commits} commits in ${result.seconds.toFixed(2)} s`,
      );
    } finally {
      progress.stop();
    }
    return undefined;
  },
};
