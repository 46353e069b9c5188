import type { GetConfigResult } from '../../verbs/configs/get-config.ts';
import { cutText, TEXT_CHARS } from './lines.ts';
import type { Rendering } from './rendering.ts';

/** Renders the beginning of the content, and how to read on where only text arrives. */
export const getConfigRendering: Rendering<GetConfigResult> = {
  text: ({ content, encoding, offset }) =>
    encoding === 'base64' && content.length > TEXT_CHARS
      ? `[${content.length} characters of base64 in the structured content]`
      : cutText(
          content,
          `; if only this text reaches you, go on with offset ${offset + TEXT_CHARS} and max_chars ${TEXT_CHARS}`,
        ),
};
