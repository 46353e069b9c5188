import type { BadTail } from '../../../store/api/maintenance.ts';
import { planRepair, repairStore } from '../../../verbs/store/repair-store.ts';
import { confirm, YES } from '../../input/confirm.ts';
import { warnOfDoubt } from '../../output/warn-unverified.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store repair`: moves what follows the newest good commit to quarantine/. */
export const repair: CommandDefinition<{ reason?: string; yes?: boolean }> = {
  options: [{ flags: '--reason <text>', meaning: 'why, for the history' }, YES],
  examples: ['config-store repair --reason "power loss on the old disk"'],
  notes: 'Nothing is deleted: the files are in storage/quarantine/ afterwards, and a commit says so.',
  endsItself: true,
  run: async (environment, { reason, yes = false }) => {
    const { context, output } = environment;
    const tail = await planRepair(context);
    if (tail === undefined) {
      await warnOfDoubt(environment);
      await output.result({ moved: 0 }, () => 'nothing to repair: the log ends with a good commit');
      return undefined;
    }
    await confirm(
      `${tail.fault.message}. ${seen(tail)}Move ${tail.first === tail.last ? `commit ${tail.first}` : `commits ${tail.first} to ${tail.last}`} to quarantine/?`,
      yes,
    );
    const { moved, receipt } = await repairStore(context, { tail, reason });
    await output.result(
      { moved, receipt },
      () => `moved ${moved} ${moved === 1 ? 'file' : 'files'} to quarantine/; commit ${receipt.index} says so`,
    );
    return undefined;
  },
};

/** A commit that was good here once is lost by a repair, and may still be elsewhere. */
function seen({ seen: pin }: BadTail): string {
  return pin === undefined
    ? ''
    : `Commit ${pin.index} was good when it was last seen here, so bringing storage/log back from a backup is better. `;
}
