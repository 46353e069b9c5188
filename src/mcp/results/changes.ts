import { spellInvisible } from '../../core/visible.ts';
import type { ReportedChange } from '../../verbs/shared/content-changes.ts';

/** A change as `+ path: value`, `- path: value`, `~ path: before -> after`. */
export function changeLine({ op, path, before, after, words, extent }: ReportedChange): string {
  const at = path === '' ? 'the whole content' : spellInvisible(path);
  if (words !== undefined) return `~ ${at}: ${JSON.stringify(spellInvisible(words))}`;
  if (extent !== undefined) return `~ ${at}: ${extent}`;
  switch (op) {
    case 'add':
      return `+ ${at}${value(after)}`;
    case 'remove':
      return `- ${at}${value(before)}`;
    case 'replace':
      return `~ ${at}${value(before)}${after === undefined ? '' : ` ->${value(after).slice(1)}`}`;
  }
}

function value(given: unknown): string {
  return given === undefined ? '' : `: ${spellInvisible(JSON.stringify(given))}`;
}
