import type { CommandDefinition } from '../command.ts';
import { confirm, YES } from '../confirm.ts';

/** `config-store repair`: moves what follows the newest good commit to quarantine/. */
export const repair: CommandDefinition<{ reason?: string; yes?: boolean }> = {
  options: [{ flags: '--reason <text>', meaning: 'why, for the history' }, YES],
  examples: ['config-store repair --reason "power loss on the old disk"'],
  notes: 'Nothing is deleted: the files are in storage/quarantine/ afterwards, and a commit says so.',
  run: async ({ store, output, version }, { reason = '', yes = false }) => {
    const { administration } = await store();
    const tail = await administration.badTail();
    if (tail === undefined) {
      await output.result({ moved: 0 }, () => 'nothing to repair: the log ends with a good commit');
      return undefined;
    }
    const moved = tail.last - tail.first + 1;
    await confirm(
      `${tail.fault.message}. Move ${moved === 1 ? `commit ${tail.first}` : `commits ${tail.first} to ${tail.last}`} to quarantine/?`,
      yes,
    );
    const receipt = await administration.repair({
      author: { name: 'config-store', version, via: 'cli' },
      tail,
      reason,
    });
    await output.result(
      { moved, receipt },
      () => `moved ${moved} ${moved === 1 ? 'file' : 'files'} to quarantine/; commit ${receipt.index} says so`,
    );
    return undefined;
  },
};
