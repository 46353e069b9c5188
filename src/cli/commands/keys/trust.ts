import { StoreError } from '../../../core/errors.ts';
import { YES } from '../../input/confirm.ts';
import { checkSignedTexts } from '../../input/signed-texts.ts';
import type { CommandDefinition } from '../../program/command.ts';
import { confirmCommit, describeRollback } from './rollback.ts';

/** `config-store trust --accept`: the person's decision after a rollback warning. */
export const trust: CommandDefinition<{ accept?: boolean; reason?: string; yes?: boolean }> = {
  options: [
    { flags: '--accept', meaning: 'go on with the store as it is, without the commits seen here before' },
    { flags: '--reason <text>', meaning: 'why, for the history' },
    YES,
  ],
  examples: ['config-store trust --accept --reason "restored Friday\'s backup on purpose"'],
  notes: 'Bringing the newer storage back is the better way wherever it still exists.',
  run: async ({ store, output, version }, { accept = false, reason = '', yes = false }) => {
    await checkSignedTexts({ reason });
    if (!accept)
      throw new StoreError('ARGUMENT_INVALID', 'trust needs --accept', {
        hint: '"config-store status" says how the store stands; --accept decides to go on with it.',
      });
    const opened = await store();
    const rollback = await opened.maintenance.rollback();
    if (rollback !== undefined) {
      for (const line of describeRollback(rollback)) await output.warn(line);
      await confirmCommit(rollback, yes);
    }
    const receipt = await opened.maintenance.accept({
      author: { name: 'config-store', version, via: 'cli' },
      reason,
      commit: rollback?.head.commit ?? '',
    });
    await output.result({ receipt }, () => `accepted: commit ${receipt.index} says so, and the pin follows it`);
    return undefined;
  },
};
