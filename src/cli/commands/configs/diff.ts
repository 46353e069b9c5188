import { StoreError } from '../../../core/errors.ts';
import { spellUnified } from '../../../core/spell-apart.ts';
import { spellLine } from '../../../core/visible.ts';
import { type DiffConfigsRequest, type DiffConfigsResult, diffConfigs } from '../../../verbs/configs/diff-configs.ts';
import { parseReference } from '../../input/config-reference.ts';
import { readInput } from '../../input/input.ts';
import type { Output } from '../../output/output.ts';
import { renderChanges, renderNext } from '../../output/render.ts';
import { warnOfDoubt } from '../../output/warn-unverified.ts';
import { worded } from '../../output/worded.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** Arguments and options of `diff`. */
interface DiffInput {
  readonly from: string;
  readonly to?: string;
  readonly draft?: boolean;
  readonly file?: string;
  readonly unified?: boolean;
  readonly exitCode?: boolean;
}

/** `config-store diff A B`: by structure for JSON, YAML and TOML, by lines otherwise. */
export const diff: CommandDefinition<DiffInput> = {
  arguments: [
    { syntax: '<from>', meaning: 'NAME or NAME@VERSION', completes: 'versions' },
    { syntax: '[to]', meaning: "NAME or NAME@VERSION; default: the first one's newest version", completes: 'versions' },
  ],
  options: [
    { flags: '--draft', meaning: 'compare with the draft' },
    { flags: '--file <path>', completes: 'files', meaning: 'compare with a file; "-" reads standard input' },
    { flags: '--unified', meaning: 'compare the lines of the text, not the data it holds' },
    { flags: '--exit-code', meaning: 'exit with 1 when there is a difference' },
  ],
  examples: [
    'config-store diff claude-desktop/default@1 claude-desktop/default@2',
    'config-store diff claude-desktop/default --file claude_desktop_config.json',
  ],
  run: async (environment, input) => {
    const { context } = environment;
    const result = await diffConfigs(context, await toRequest(input, context.maxContentBytes));
    await warnOfDoubt(environment);
    await environment.output.result(worded(result), () => render(result, environment.output), { paged: true });
    return input.exitCode === true && !result.equal ? 1 : undefined;
  },
};

async function toRequest(
  { from: fromText, to: toText, draft, file, unified }: DiffInput,
  maxContentBytes: number,
): Promise<DiffConfigsRequest> {
  const from = parseReference(fromText);
  const to = toText === undefined ? undefined : parseReference(toText);
  const sides = [to, draft, file].filter((side) => side !== undefined).length;
  if (sides > 1 || (sides === 0 && from.version === undefined)) {
    throw new StoreError(
      'ARGUMENT_INVALID',
      sides === 0 ? `there is nothing to compare ${from.name} with` : 'there is more than one thing to compare with',
      {
        hint: 'Give one of: a second NAME[@VERSION], --draft, --file FILE; or an older version first, such as NAME@1.',
      },
    );
  }
  const bytes = file === undefined ? undefined : await readInput(file, maxContentBytes);
  return { name: from.name, from: from.version, to: to?.version, toName: to?.name, draft, bytes, unified };
}

function render(result: DiffConfigsResult, output: Output): string[] {
  return [
    spellLine(result.summary),
    ...renderChanges(result, output),
    ...unifiedLines(result.unified ?? '', output),
    ...renderNext(result, output),
  ];
}

function unifiedLines(text: string, { colors }: Output): string[] {
  const lines = text === '' ? [] : spellUnified(text).replace(/\n$/, '').split('\n');
  return lines.map((line) => {
    if (line.startsWith('+')) return colors.green(line);
    if (line.startsWith('-')) return colors.red(line);
    return line.startsWith('@@') ? colors.cyan(line) : line;
  });
}
