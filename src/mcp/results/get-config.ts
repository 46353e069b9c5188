import type { GetConfigResult } from '../../verbs/configs/get-config.ts';
import { cutText, TEXT_CHARS } from './lines.ts';
import { fenced } from './others.ts';
import type { Rendering } from './rendering.ts';

/** Renders the beginning of the content in a block of its own, and how to read on where only text arrives. */
export const getConfigRendering: Rendering<GetConfigResult> = {
  text: ({ content, encoding, offset }) =>
    encoding === 'base64' && content.length > TEXT_CHARS
      ? `[${content.length} characters of base64 in the structured content]`
      : cutText(
          content,
          showContent,
          `; if only this text reaches you, go on with offset ${offset + TEXT_CHARS} and max_chars ${TEXT_CHARS}`,
        ),
};

/** Says what is not shown as it is, so that a reader of the text alone does not store the spelling. */
function showContent(content: string): string {
  const block = fenced(content);
  return block.includes(content)
    ? block
    : `${block}\n[characters that cannot be seen are spelled \\u{…} here; the structured content has them as they are]`;
}
