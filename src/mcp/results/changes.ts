import type { ReportedChange } from '../../verbs/shared/content-changes.ts';

/** Returns a change as `+ path: value`, `- path: value`, `~ path: before -> after`. */
export function changeLine({ op, path, before, after }: ReportedChange): string {
  const at = path === '' ? 'the whole content' : path;
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
  return given === undefined ? '' : `: ${JSON.stringify(given)}`;
}
