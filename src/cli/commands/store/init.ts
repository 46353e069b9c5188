import { checkSignedTexts } from '../../input/signed-texts.ts';
import { pairs } from '../../output/table.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store init`: makes the store before the first put does. */
export const init: CommandDefinition<{ label?: string; new?: boolean }> = {
  options: [
    { flags: '--label <text>', meaning: 'what to call the first key' },
    { flags: '--new', meaning: 'make a new store although a key or a pin of another is here' },
  ],
  examples: ['config-store init --label "laptop of Ada"'],
  notes: 'The first put makes the store too; init only lets you name its key, or start anew.',
  run: async (environment, { label, new: fresh = false }) => {
    await checkSignedTexts({ label });
    const store = await environment.store();
    const receipt = await store.writer.init({
      author: environment.context().author(),
      fresh,
      ...(label !== undefined && { label }),
    });
    const { paths } = environment.settings();
    await environment.output.result({ ...receipt, storage: paths.storage, keys: paths.keys }, () =>
      pairs([
        ['store', receipt.store],
        ['key', receipt.keyId],
        ['commit', `${receipt.index}  ${receipt.commit}`],
        ['storage', paths.storage],
        ['keys', `${paths.keys}  (back this folder up, and keep it off the storage volume)`],
      ]),
    );
    return undefined;
  },
};
