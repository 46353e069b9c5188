import { shortDigest } from '../../core/short-id.ts';
import type { ListConfigsResult } from '../../verbs/configs/list-configs.ts';
import { cutLines } from './lines.ts';
import { quoted, wordOrQuote } from './others.ts';
import type { Rendering } from './rendering.ts';

/** Renders one line per config. */
export const listConfigsRendering: Rendering<ListConfigsResult> = {
  text: ({ configs }) =>
    cutLines(
      configs.map(({ name, version, mediaType, size, time, digest, message, deleted, hasDraft }) => {
        const flags = `${deleted ? '  deleted' : ''}${hasDraft ? '  has a draft' : ''}`;
        return `${name}  version ${version}  ${wordOrQuote(mediaType)}  ${size} bytes  ${wordOrQuote(time)}  ${shortDigest(digest)}${quoted(message)}${flags}`;
      }),
    ),
};
