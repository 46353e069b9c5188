import { shortDigest } from '../../core/short-id.ts';
import type { PublishDraftsResult } from '../../verbs/drafts/publish-drafts.ts';
import { cutLines } from './lines.ts';
import type { Rendering } from './rendering.ts';

/** Renders one line per published config. */
export const publishDraftsRendering: Rendering<PublishDraftsResult> = {
  text: ({ published }) =>
    cutLines(published.map(({ name, version, digest }) => `${name}  version ${version}  ${shortDigest(digest)}`)),
};
