import { spellUnified } from '../../core/spell-apart.ts';
import type { DiffConfigsResult } from '../../verbs/configs/diff-configs.ts';
import { changeLine } from './changes.ts';
import { cutLines, cutText } from './lines.ts';
import { fenced } from './others.ts';
import type { Rendering } from './rendering.ts';

/** Renders one line per change, or the unified diff in a block of its own. */
export const diffConfigsRendering: Rendering<DiffConfigsResult> = {
  text: ({ unified = '', changes = [] }) =>
    [
      cutLines(changes.map(changeLine)),
      unified === '' ? undefined : cutText(spellUnified(unified), (part) => fenced(part, 'diff')),
    ]
      .filter((part) => part !== undefined)
      .join('\n\n'),
};
