import type { Guidance } from '../../core/advice.ts';
import { printableLine } from '../../core/printable.ts';
import type { Receipt } from '../../core/receipt.ts';
import { shortId } from '../../core/short-id.ts';
import { isFirstContent, type ReportedChange } from '../../verbs/shared/content-changes.ts';
import { guide } from './advice.ts';
import type { Output } from './output.ts';

/** What the verbs that write have in common. */
interface Written {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly receipt?: Receipt | undefined;
  readonly changes?: readonly ReportedChange[] | undefined;
  readonly changesOmitted?: number | undefined;
  readonly warnings?:
    | ReadonlyArray<{ readonly code: string; readonly path: string; readonly message: string }>
    | undefined;
}

/** Summary, commit and changes of a write, as lines for people. */
export function renderWritten(written: Written, output: Output): string[] {
  const { receipt } = written;
  const commit =
    receipt === undefined
      ? []
      : [`  commit ${receipt.index}  ${shortId(receipt.commit)}  signed by ${shortId(receipt.keyId)}`];
  return [
    printableLine(written.summary),
    ...commit.map(output.colors.dim),
    ...(isFirstContent(written.changes ?? []) ? [] : renderChanges(written, output)),
    ...(written.warnings ?? []).map(({ path, message }) =>
      output.colors.yellow(`  ! ${printableLine(path === '' ? message : `${path}  ${message}`)}`),
    ),
    ...renderNext(written, output),
  ];
}

/** Changes as `+ path  value`, `- path  value`, `~ path  before → after`, aligned. */
export function renderChanges(
  { changes = [], changesOmitted = 0 }: Pick<Written, 'changes' | 'changesOmitted'>,
  { colors }: Output,
): string[] {
  const paint = { add: colors.green, remove: colors.red, replace: colors.yellow };
  const width = Math.min(48, Math.max(0, ...changes.map(({ path }) => printableLine(path).length)));
  const lines = changes.map((change) => paint[change.op](`  ${line(change, width)}`.trimEnd()));
  return changesOmitted > 0 ? [...lines, `  … and ${changesOmitted} more`] : lines;
}

/** The next step, where the verb names one. */
export function renderNext({ next }: { readonly next?: Guidance | undefined }, { colors }: Output): string[] {
  return next === undefined ? [] : [colors.dim(`  ${printableLine(guide(next))}`)];
}

function line({ op, path, before, after, cut }: ReportedChange, width: number): string {
  const brief = (value: unknown) => shorten(cut && typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  const where = printableLine(path === '' ? '(all)' : path).padEnd(width);
  if (op === 'add') return `+ ${where}  ${brief(after)}`;
  if (op === 'remove') return `- ${where}  ${brief(before)}`;
  return `~ ${where}  ${brief(before)} → ${brief(after)}`;
}

function shorten(json: string): string {
  const text = printableLine(json);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
