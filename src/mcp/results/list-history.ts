import { shortDigest } from '../../core/short-id.ts';
import type { ListHistoryResult } from '../../verbs/configs/list-history.ts';
import { cutLines } from './lines.ts';
import { quote, quoted, wordOrQuote } from './others.ts';
import type { Rendering } from './rendering.ts';

/** Renders one line per version. */
export const listHistoryRendering: Rendering<ListHistoryResult> = {
  text: ({ versions }) =>
    cutLines(
      versions.map(({ version, action, restoredFrom, size, time, author, digest, message, verified }) => {
        const what = restoredFrom === undefined ? action : `${action} of version ${restoredFrom}`;
        return `version ${version}  ${what}  ${size} bytes  ${wordOrQuote(time)}  by ${quote(author.name)}  ${shortDigest(digest)}  ${verified === 'ok' ? 'verified' : verified}${quoted(message)}`;
      }),
    ),
};
