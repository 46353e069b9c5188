import type { PlanDeployResult, PlannedTarget } from '../../verbs/clients/plan-deploy.ts';
import { cutLines } from './lines.ts';
import { fenced, wordOrQuote } from './others.ts';
import type { Rendering } from './rendering.ts';

/** Renders a line for each file, its conflicts and losses, and the lines that change. */
export const planDeployRendering: Rendering<PlanDeployResult> = {
  text: ({ targets }) => {
    const diff = targets
      .map((target) => target.diff)
      .filter((lines) => lines !== '')
      .join('\n');
    return [cutLines(targets.flatMap(lines)), diff === '' ? undefined : fenced(diff.slice(0, 4_000), 'diff')]
      .filter((part) => part !== undefined)
      .join('\n\n');
  },
  structured: ({ targets }) => ({
    targets: targets.map(({ changes, ...target }) => ({
      ...target,
      changes: changes.map(({ op, server, fields }) => ({ op, server, fields })),
    })),
  }),
};

function lines({ client, path, state, changes, conflicts, losses, notes }: PlannedTarget): string[] {
  return [
    `${client}  ${state}  ${wordOrQuote(path)}`,
    ...changes.map(({ op, server, fields }) =>
      `  ${op} ${wordOrQuote(server)}  ${fields.map(wordOrQuote).join(' ')}`.trimEnd(),
    ),
    ...conflicts.map(({ server, message }) => `  ! ${wordOrQuote(server)}: ${message}`),
    ...losses.map((loss) => `  loss: ${wordOrQuote(loss)}`),
    ...notes.map((note) => `  note: ${wordOrQuote(note)}`),
  ];
}
