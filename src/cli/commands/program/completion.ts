import { StoreError } from '../../../core/errors.ts';
import { completionScript, SHELLS } from '../../completion/script.ts';
import { type CommandDefinition, type CommandGroup, VALUE_KINDS } from '../../program/command.ts';

const script: CommandDefinition<{ shell: string }> = {
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
    const text = await completionScript(known, commands);
    if (output.json) await output.result({ shell: known, script: text }, () => []);
    else await output.text(text);
    return undefined;
  },
};

const values: CommandDefinition<{ kind: string; name?: string }> = {
  arguments: [
    { syntax: '<kind>', meaning: VALUE_KINDS.join(', '), completes: VALUE_KINDS },
    { syntax: '[name]', meaning: 'config whose versions, labels or places are meant', completes: 'configs' },
  ],
  examples: ['config-store completion values versions claude-desktop/default'],
  notes: 'The scripts ask this when TAB is pressed. One value a line, 500 at most.',
  run: async ({ output, context }, { kind, name }) => {
    const known = VALUE_KINDS.find((one) => one === kind);
    if (known === undefined)
      throw new StoreError('ARGUMENT_INVALID', `there is no kind ${JSON.stringify(kind.slice(0, 40))}`, {
        hint: `Give one of ${VALUE_KINDS.join(', ')}.`,
      });
    const { valuesOf } = await import('../../completion/values.ts');
    const found = await valuesOf(context, known, name);
    if (output.json) await output.result({ values: found }, () => []);
    else await output.text(found.map((value) => `${value}\n`).join(''));
    return undefined;
  },
};

/** `config-store completion SHELL`: the script that teaches a shell the commands, options and what is in the store. */
export const completion = {
  alone: script,
  subcommands: {
    values: { summary: 'print what fits a place of a line, for the scripts', load: async () => values },
  },
} as const satisfies CommandGroup;
