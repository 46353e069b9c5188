import { spellApart } from '../../core/spell-apart.ts';
import { spellInvisible } from '../../core/visible.ts';
import type { ReportedChange } from '../../verbs/shared/content-changes.ts';

/** A change as `+ path: value`, `- path: value`, `~ path: before -> after`. */
export function changeLine({ op, path, before, after, words }: ReportedChange): string {
  const at = path === '' ? 'the whole content' : spellInvisible(path);
  if (words !== undefined) return `~ ${at}: ${JSON.stringify(spellInvisible(words))}`;
  switch (op) {
    case 'add':
      return `+ ${at}${value(after)}`;
    case 'remove':
      return `- ${at}${value(before)}`;
    case 'replace': {
      const [old, now] = spellApart(json(before), json(after));
      return `~ ${at}${old === '' ? '' : `: ${old}`}${now === '' ? '' : ` -> ${now}`}`;
    }
  }
}

function value(given: unknown): string {
  return given === undefined ? '' : `: ${spellInvisible(json(given))}`;
}

function json(given: unknown): string {
  return given === undefined ? '' : JSON.stringify(given);
}
