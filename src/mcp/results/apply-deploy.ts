import type { AppliedTarget } from '../../verbs/clients/apply-deploy.ts';
import { cutLines } from './lines.ts';
import { wordOrQuote } from './others.ts';
import type { Rendering } from './rendering.ts';

/** Renders a line for each file. */
export const applyDeployRendering: Rendering<{ readonly summary: string; readonly targets: readonly AppliedTarget[] }> =
  {
    text: ({ targets }) =>
      cutLines(
        targets.flatMap(({ client, path, state, backup, notes }) => [
          `${client}  ${state}  ${wordOrQuote(path)}${backup === undefined ? '' : `  before: ${wordOrQuote(backup)}`}`,
          ...notes.map((note) => `  ${wordOrQuote(note)}`),
        ]),
      ),
  };
