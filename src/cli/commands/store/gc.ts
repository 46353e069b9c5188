import { collectGarbage } from '../../../verbs/store/collect-garbage.ts';
import { formatSize } from '../../output/table.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store gc`: artifacts that no commit names, left by writes that were cut short. */
export const gc: CommandDefinition<{ yes?: boolean }> = {
  options: [{ flags: '-y, --yes', meaning: 'remove them; without it they are only listed' }],
  examples: ['config-store gc', 'config-store gc --yes'],
  notes: 'Only artifacts older than a day are looked at; a write in progress is never touched.',
  endsItself: true,
  run: async ({ context, output }, { yes }) => {
    const result = await collectGarbage(context, { apply: yes });
    const { digests, bytes, removed } = result;
    const what =
      digests.length === 0
        ? 'nothing to remove: commits name every artifact older than a day'
        : `${digests.length} ${digests.length === 1 ? 'artifact' : 'artifacts'} no commit names, ${formatSize(bytes)}`;
    await output.result(result, () => [
      `${removed && digests.length > 0 ? 'removed ' : ''}${what}`,
      ...digests.map((digest) => `  ${digest}`),
      ...(digests.length > 0 && !removed ? [output.colors.dim('  "config-store gc --yes" removes them')] : []),
    ]);
    return undefined;
  },
};
