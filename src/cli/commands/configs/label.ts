import { StoreError } from '../../../core/errors.ts';
import { shortId } from '../../../core/short-id.ts';
import { type LabelSummary, labelVersion, listLabels, removeLabel } from '../../../verbs/labels/label-version.ts';
import { parseReference } from '../../input/config-reference.ts';
import { MESSAGE } from '../../input/write-options.ts';
import type { Output } from '../../output/output.ts';
import { renderWritten } from '../../output/render.ts';
import { table } from '../../output/table.ts';
import { warnOfDoubt } from '../../output/warn-unverified.ts';
import { worded } from '../../output/worded.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** Arguments and options of `label`. */
interface LabelInput {
  readonly reference: string;
  readonly label?: string;
  readonly remove?: string;
  readonly message?: string;
}

/** `config-store label NAME@7 stable`: a name for a version, signed. */
export const label: CommandDefinition<LabelInput> = {
  arguments: [
    { syntax: '<reference>', meaning: 'NAME@VERSION to label, or NAME for its newest version', completes: 'versions' },
    { syntax: '[label]', meaning: 'such as stable; without one, the labels of NAME are listed', completes: 'labels' },
  ],
  options: [MESSAGE, { flags: '--remove <label>', meaning: 'take this label away from NAME', completes: 'labels' }],
  examples: [
    'config-store label claude-desktop/default@7 stable',
    'config-store diff claude-desktop/default@stable',
    'config-store label claude-desktop/default --remove stable',
  ],
  notes:
    'A label goes wherever a version goes: NAME@stable. It stands for one version until you give it to another. The labels of NAME are signed, in the config labels/NAME.',
  endsItself: true,
  run: async (environment, { reference, label: given, remove, message }) => {
    const { context, output } = environment;
    const { name, version } = parseReference(reference);
    if (remove !== undefined && (given !== undefined || version !== undefined))
      throw new StoreError('ARGUMENT_INVALID', 'a label is given and one is taken away', {
        hint: 'Do one of the two: NAME@VERSION LABEL, or NAME --remove LABEL.',
      });
    if (remove === undefined && given === undefined) {
      await warnOfDoubt(environment);
      const { labels } = await listLabels(context, { name });
      await output.result({ name, labels }, () => render(labels, name, output));
      return undefined;
    }
    const result = await (given === undefined
      ? removeLabel(context, { name, label: remove ?? '', message })
      : labelVersion(context, { name, version, label: given, message }));
    await output.result(worded(result), () => renderWritten(result, output));
    return undefined;
  },
};

function render(labels: readonly LabelSummary[], name: string, output: Output): string | string[] {
  if (labels.length === 0) return `${name} has no labels`;
  return table(
    labels,
    [
      { heading: 'LABEL', cell: ({ label: text }) => text, style: output.colors.bold },
      { heading: 'VERSION', cell: ({ version }) => `${version}`, align: 'right' },
      { heading: 'DIGEST', cell: ({ digest }) => shortId(digest), style: output.colors.dim },
    ],
    output,
  );
}
