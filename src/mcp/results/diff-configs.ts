import { spellUnified } from '../../core/spell-apart.ts';
import type { DiffConfigsResult } from '../../verbs/configs/diff-configs.ts';
import { changeLine } from './changes.ts';
import { cutLines, cutText } from './lines.ts';
import type { Rendering } from './rendering.ts';

/** Renders the unified diff, or one line per change. */
export const diffConfigsRendering: Rendering<DiffConfigsResult> = {
  text: ({ unified = '', changes = [] }) =>
    [cutLines(changes.map(changeLine)), cutText(spellUnified(unified))]
      .filter((part) => part !== '' && part !== undefined)
      .join('\n\n'),
};
