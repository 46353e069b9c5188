import { initStore } from '../../../verbs/store/init-store.ts';
import { pairs } from '../../output/table.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store init`: makes the store before the first put does. */
export const init: CommandDefinition<{ label?: string; new?: boolean }> = {
  options: [
    { flags: '--label <text>', meaning: 'what to call the first key' },
    { flags: '--new', meaning: 'make a new store although a key or a pin of another is here' },
  ],
  examples: ['config-store init --label "laptop of Ada"'],
  notes: 'The first put makes the store too; init only lets you name its key, or start again with a new one.',
  endsItself: true,
  run: async ({ context, output }, { label, new: fresh }) => {
    const made = await initStore(context, { label, fresh });
    await output.result(made, () => [
      ...(made.made ? [] : ['Nothing was made: there is a store already.']),
      ...pairs([
        ['store', made.store],
        ['key', made.keyId],
        ['commit', `${made.index}  ${made.commit}`],
        ['storage', made.storage],
        ['keys', `${made.keys}  (back this folder up, and keep it off the storage volume)`],
      ]),
    ]);
    return undefined;
  },
};
