import { spellJson } from '../../core/visible.ts';
import type { ReportedChange } from '../../verbs/shared/content-changes.ts';
import { quote } from './others.ts';

/** Renders a change as `+ "path": value`, `- "path": value`, `~ "path": before -> after`. */
export function changeLine({ op, path, before, after, words }: ReportedChange): string {
  const at = path === '' ? 'the whole content' : quote(path);
  if (words !== undefined) return `~ ${at}: ${quote(words)}`;
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
  return given === undefined ? '' : `: ${spellJson(JSON.stringify(given))}`;
}
