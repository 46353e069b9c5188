import { StoreError } from '../../../core/errors.ts';
import { completionScript, SHELLS } from '../../completion/script.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store completion SHELL`: the script that teaches a shell the commands, options and config names. */
export const completion: CommandDefinition<{ shell: string }> = {
  arguments: [{ syntax: '<shell>', meaning: SHELLS.join(', '), completes: SHELLS }],
  examples: [
    'config-store completion bash >> ~/.bashrc',
    'config-store completion zsh > "$fpath[1]/_config-store"',
    'config-store completion fish > ~/.config/fish/completions/config-store.fish',
  ],
  run: async ({ output, commands }, { shell }) => {
    const known = SHELLS.find((name) => name === shell);
    if (known === undefined) {
      throw new StoreError('ARGUMENT_INVALID', `there is no completion for ${JSON.stringify(shell.slice(0, 40))}`, {
        hint: `Give one of ${SHELLS.join(', ')}.`,
      });
    }
    const script = await completionScript(known, commands);
    if (output.json) await output.result({ shell: known, script }, () => []);
    else await output.text(script);
    return undefined;
  },
};
