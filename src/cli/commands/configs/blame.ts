import { type BlameConfigResult, type BlamedPart, blameConfig } from '../../../verbs/history/blame-config.ts';
import { parseReference } from '../../input/config-reference.ts';
import type { Output } from '../../output/output.ts';
import { table } from '../../output/table.ts';
import { warnOfDoubt } from '../../output/warn-unverified.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store blame NAME[@VERSION]`: which version made each part what it is. */
export const blame: CommandDefinition<{ reference: string; path?: string }> = {
  arguments: [{ syntax: '<reference>', meaning: 'NAME or NAME@VERSION', completes: 'versions' }],
  options: [{ flags: '--path <pointer>', completes: 'places', meaning: 'only this place, such as /mcpServers/github' }],
  examples: ['config-store blame claude-desktop/default', 'config-store blame team/servers --path /mcpServers/github'],
  notes:
    'By place for JSON, YAML and TOML: what comes from one version as a whole is one line. By line for other text. What is gone has no line: "config-store log NAME --path POINTER" finds it.',
  run: async (environment, { reference, path }) => {
    const { output, context } = environment;
    const result = await blameConfig(context, { ...parseReference(reference), path });
    await warnOfDoubt(environment);
    await output.result(result, () => render(result, output), { paged: true });
    if (output.json) return undefined;
    if (result.unreadable !== undefined)
      await output.warn(`versions that cannot be read were left out: ${result.unreadable.join(', ')}`);
    if (result.isCut === true) await output.warn('the history is longer than what was looked at');
    return undefined;
  },
};

function render({ parts, versions }: BlameConfigResult, output: Output): string[] {
  const { colors } = output;
  const madeBy = new Map(versions.map((version) => [version.version, version]));
  return table<BlamedPart>(
    parts,
    [
      { heading: 'VERSION', cell: ({ version }) => `${version}`, align: 'right', style: colors.bold },
      { heading: 'TIME', cell: ({ version }) => output.time(madeBy.get(version)?.time ?? ''), style: colors.dim },
      { heading: 'AUTHOR', cell: ({ version }) => madeBy.get(version)?.author ?? '', maxChars: 24, spare: 2 },
      { heading: 'WHERE', cell: ({ path, line }) => (path === '' ? '(all)' : (path ?? `${line}`)), maxChars: 80 },
      { heading: 'WHAT', cell: ({ text }) => text, maxChars: 80 },
      { heading: 'MESSAGE', cell: ({ version }) => madeBy.get(version)?.message ?? '', maxChars: 60, spare: 1 },
    ],
    output,
  );
}
