import type { Guidance } from '../../core/advice.ts';
import type { Notice } from '../../core/notice.ts';
import { guide, noticeText } from './advice.ts';

/** Members of a verb's result whose words are the adapter's. */
interface Unworded {
  readonly next?: Guidance | undefined;
  readonly notices?: readonly Notice[] | undefined;
}

/** Returns a verb's result as `--json` prints it: the next step and the warnings are text. */
export function worded<Result extends Unworded>(result: Result) {
  const { next, notices, ...rest } = result;
  return {
    ...rest,
    next: next && guide(next),
    ...(notices !== undefined && { warnings: notices.map(noticeText) }),
  };
}

/** Returns the result of a write as `--json` prints it: its notices are remarks like any other. */
export function wordedWrite<Result extends Unworded & { readonly warnings?: readonly unknown[] | undefined }>(
  result: Result,
) {
  const { next, notices = [], warnings = [], ...rest } = result;
  const all = [
    ...notices.map((notice) => ({ code: notice.code, path: notice.where ?? '', message: noticeText(notice) })),
    ...warnings,
  ];
  return { ...rest, next: next && guide(next), ...(all.length > 0 && { warnings: all }) };
}

/** Returns guidance, or what carries it, with its hint as text and without advice. */
export function wordedHint<Guided extends Guidance>(guided: Guided) {
  const { advice: _advice, ...rest } = guided;
  return { ...rest, hint: guide(guided) || undefined };
}
