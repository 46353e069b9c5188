import type { Guidance } from '../../core/advice.ts';
import { cutFrom, cutPair } from '../../core/content/brief-change.ts';
import type { Notice } from '../../core/notice.ts';
import type { Receipt } from '../../core/receipt.ts';
import { shortId } from '../../core/short-id.ts';
import { spellApart, spellNamesApart } from '../../core/spell-apart.ts';
import { spellLine } from '../../core/visible.ts';
import { isFirstContent, type ReportedChange } from '../../verbs/shared/content-changes.ts';
import { guide, noticeText } from './advice.ts';
import type { Output } from './output.ts';

/** The common parts of the results of writes. */
interface Written {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly receipt?: Receipt | undefined;
  readonly changes?: readonly ReportedChange[] | undefined;
  readonly changesOmitted?: number | undefined;
  readonly warnings?:
    | ReadonlyArray<{ readonly code: string; readonly path: string; readonly message: string }>
    | undefined;
  readonly notices?: readonly Notice[] | undefined;
}

/** Renders summary, commit and changes of a write as lines for people. */
export function renderWritten(written: Written, output: Output): string[] {
  const { receipt } = written;
  const commit =
    receipt === undefined
      ? []
      : [`  commit ${receipt.index}  ${shortId(receipt.commit)}  signed by ${shortId(receipt.keyId)}`];
  return [
    spellLine(written.summary),
    ...commit.map(output.colors.dim),
    ...(isFirstContent(written.changes ?? []) ? [] : renderChanges(written, output)),
    ...(written.notices ?? []).map((notice) => output.colors.yellow(`  ! ${spellLine(noticeText(notice))}`)),
    ...(written.warnings ?? []).map(({ path, message }) =>
      output.colors.yellow(`  ! ${spellLine(path === '' ? message : `${path}  ${message}`)}`),
    ),
    ...renderNext(written, output),
  ];
}

/** Renders changes as `+ path  value`, `- path  value`, `~ path  before → after`, aligned. */
export function renderChanges(
  { changes = [], changesOmitted = 0 }: Pick<Written, 'changes' | 'changesOmitted'>,
  { colors }: Output,
): string[] {
  const paint = { add: colors.green, remove: colors.red, replace: colors.yellow };
  const paths = (op: ReportedChange['op']) => changes.filter((change) => change.op === op).map(({ path }) => path);
  const apart = spellNamesApart(paths('remove'), paths('add'));
  const shown = changes.map((change) => ({ ...change, path: apart.get(change.path) ?? change.path }));
  const width = Math.min(48, Math.max(0, ...shown.map(({ path }) => spellLine(path).length)));
  const lines = shown.map((change) => paint[change.op](`  ${line(change, width)}`.trimEnd()));
  return changesOmitted > 0 ? [...lines, `  … and ${changesOmitted} more`] : lines;
}

/** Renders the next step, where the verb names one. */
export function renderNext({ next }: { readonly next?: Guidance | undefined }, { colors }: Output): string[] {
  return next === undefined ? [] : [colors.dim(`  ${spellLine(guide(next))}`)];
}

/** The longest value on a line, and the longest word by word comparison, in characters. */
const VALUE_CHARS = 60;
const WORDS_CHARS = 1_000;

function line({ op, path, before, after, cut, words, extent }: ReportedChange, width: number): string {
  const json = (value: unknown) => (cut && typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  const where = spellLine(path === '' ? '(all)' : path).padEnd(width);
  if (op === 'add') return `+ ${where}  ${cutFrom(spellLine(json(after)), 0, VALUE_CHARS)}`;
  if (op === 'remove') return `- ${where}  ${cutFrom(spellLine(json(before)), 0, VALUE_CHARS)}`;
  if (words !== undefined) return `~ ${where}  ${cutFrom(spellLine(words.replaceAll('\n', '⏎')), 0, WORDS_CHARS)}`;
  if (before === undefined && after === undefined) return `~ ${where}  ${extent ?? ''}`;
  const shown = cutPair(...spellApart(json(before), json(after)), VALUE_CHARS);
  return `~ ${where}  ${spellLine(shown.before)} → ${spellLine(shown.after)}`;
}
