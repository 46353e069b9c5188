import { spellUnified } from '../../core/spell-apart.ts';
import type { DiffConfigsResult } from '../../verbs/configs/diff-configs.ts';
import type { DiffStep, DiffStepsResult } from '../../verbs/history/diff-steps.ts';
import { changeLines } from './changes.ts';
import { cutLines, cutText } from './lines.ts';
import { fenced, quote, quoted, wordOrQuote } from './others.ts';
import type { Rendering } from './rendering.ts';

/** Renders one line per change, or the unified diff in a block of its own; of several steps a line each, and its changes below. */
export const diffConfigsRendering: Rendering<DiffConfigsResult | DiffStepsResult> = {
  text: (result) => ('steps' in result ? cutLines(result.steps.flatMap(stepLines)) : differenceText(result)),
};

function differenceText({ unified = '', changes = [] }: DiffConfigsResult): string {
  return [
    cutLines(changeLines(changes)),
    unified === '' ? undefined : cutText(spellUnified(unified), (part) => fenced(part, 'diff')),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

function stepLines({ version, action, restoredFrom, time, author, verified, message, ...changed }: DiffStep): string[] {
  const what = restoredFrom === undefined ? action : `${action} of version ${restoredFrom}`;
  const doubt = verified === 'ok' ? '' : `  ${verified}`;
  const { changes, changesOmitted } = changed;
  return [
    `version ${version}  ${what}  ${wordOrQuote(time)}  by ${quote(author.name)}${doubt}${quoted(message)}`,
    ...changeLines(changes).map((line) => `  ${line}`),
    ...(changesOmitted === undefined ? [] : [`  [${changesOmitted} more]`]),
  ];
}
