import { formatSize } from '../../output/table.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store gc`: artifacts that no commit names, left by writes that were cut short. */
export const gc: CommandDefinition<{ yes?: boolean }> = {
  options: [{ flags: '--yes', meaning: 'remove them; without it they are only listed' }],
  examples: ['config-store gc', 'config-store gc --yes'],
  notes: 'Only artifacts older than a day are looked at; a write in progress is never touched.',
  run: async (environment, { yes = false }) => {
    const store = await environment.store();
    const { digests, bytes, removed } = await store.maintenance.collect({ apply: yes });
    const what =
      digests.length === 0
        ? 'nothing to remove: commits name every artifact older than a day'
        : `${digests.length} ${digests.length === 1 ? 'artifact' : 'artifacts'} no commit names, ${formatSize(bytes)}`;
    await environment.output.result({ removed, bytes, digests: digests.map((digest) => `sha256:${digest}`) }, () => [
      `${removed && digests.length > 0 ? 'removed ' : ''}${what}`,
      ...digests.map((digest) => `  sha256:${digest}`),
      ...(digests.length > 0 && !removed
        ? [environment.output.colors.dim('  "config-store gc --yes" removes them')]
        : []),
    ]);
    return undefined;
  },
};
