import type { WriteResult } from '../../verbs/configs/write-result.ts';
import { isFirstContent } from '../../verbs/shared/content-changes.ts';
import { noticeText } from '../advice.ts';
import { changeLines } from './changes.ts';
import { cutLines } from './lines.ts';
import { remarkLines } from './remarks.ts';
import type { Rendering } from './rendering.ts';

/** Renders changes and remarks; not the content of a new config, which the caller has just sent. */
export const writeRendering: Rendering<WriteResult> = {
  text: ({ created, changes, warnings }) =>
    cutLines([
      ...(created && isFirstContent(changes) ? [] : changeLines(changes)),
      ...remarkLines('warning', warnings),
    ]),
  structured: ({ warnings = [], notices = [] }) => {
    const all = [
      ...notices.map((notice) => ({ code: notice.code, path: notice.where ?? '', message: noticeText(notice) })),
      ...warnings,
    ];
    return all.length === 0 ? {} : { warnings: all };
  },
};
