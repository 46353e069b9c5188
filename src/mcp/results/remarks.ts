import { spellLine } from '../../core/visible.ts';
import { quote } from './others.ts';

/** A finding of the policy; `path` is a JSON Pointer or a line, empty for the whole content. */
interface Remark {
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

/** Renders findings of the policy, one per line. */
export function remarkLines(severity: 'error' | 'warning', remarks: readonly Remark[] = []): string[] {
  return remarks.map(
    ({ code, path, message }) => `${severity} ${code} ${path === '' ? '' : `${quote(path)}: `}${spellLine(message)}`,
  );
}
