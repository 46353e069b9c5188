import { StoreError } from '../../../core/errors.ts';
import { acceptRollback, planAcceptance } from '../../../verbs/store/accept-rollback.ts';
import { confirm, YES } from '../../input/confirm.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store trust --accept`: the person's decision after a rollback warning. */
export const trust: CommandDefinition<{ accept?: boolean; reason?: string; yes?: boolean }> = {
  options: [
    { flags: '--accept', meaning: 'go on with the store as it is, without the commits seen here before' },
    { flags: '--reason <text>', meaning: 'why, for the history' },
    YES,
  ],
  examples: ['config-store trust --accept --reason "restored Friday\'s backup on purpose"'],
  notes: 'Bringing the newer storage back is the better way wherever it still exists.',
  run: async ({ context, output }, { accept = false, reason, yes = false }) => {
    if (!accept)
      throw new StoreError('ARGUMENT_INVALID', 'trust needs --accept', {
        hint: '"config-store status" says how the store stands; --accept decides to go on with it.',
      });
    const plan = await planAcceptance(context);
    if (plan !== undefined)
      await confirm(
        `Commit ${plan.seen ?? '?'} was seen here, and the store ends at ${plan.head ?? '?'}. Go on without what came between?`,
        yes,
      );
    const { receipt } = await acceptRollback(context, { reason });
    await output.result({ receipt }, () => `accepted: commit ${receipt.index} says so, and the pin follows it`);
    return undefined;
  },
};
