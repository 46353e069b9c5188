import { spellApart, spellNamesApart } from '../../core/spell-apart.ts';
import { spellJson } from '../../core/visible.ts';
import type { ReportedChange } from '../../verbs/shared/content-changes.ts';
import { quote } from './others.ts';

/** Renders changes, a line each, with places that look alike spelled out. */
export function changeLines(changes: readonly ReportedChange[]): string[] {
  const paths = (op: ReportedChange['op']) => changes.filter((change) => change.op === op).map(({ path }) => path);
  const apart = spellNamesApart(paths('remove'), paths('add'));
  return changes.map((change) => changeLine({ ...change, path: apart.get(change.path) ?? change.path }));
}

/** Renders a change as `+ "path": value`, `- "path": value`, `~ "path": before -> after`. */
function changeLine({ op, path, before, after, words, extent }: ReportedChange): string {
  const at = path === '' ? 'the whole content' : quote(path);
  if (words !== undefined) return `~ ${at}: ${quote(words)}`;
  if (extent !== undefined) return `~ ${at}: ${extent}`;
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
  return given === undefined ? '' : `: ${spellJson(JSON.stringify(given))}`;
}

function json(given: unknown): string {
  return given === undefined ? '' : JSON.stringify(given);
}
