import type { ContentKind } from './media-type.ts';
import type { TextRange } from './toml-scan.ts';

/**
 * Returns the comments of a well-formed text of this kind, in order, their marks included; none for kinds that have no
 * comments.
 */
export async function commentRanges(text: string, kind: ContentKind): Promise<readonly TextRange[]> {
  switch (kind) {
    case 'jsonc': {
      const { jsonCommentRanges } = await import('../json/jsonc.ts');
      return jsonCommentRanges(text);
    }
    case 'toml': {
      const { scanToml } = await import('./toml-scan.ts');
      return scanToml(text).comments;
    }
    case 'yaml': {
      const { yamlCommentRanges } = await import('./yaml-comments.ts');
      return yamlCommentRanges(text);
    }
    default:
      return [];
  }
}

/** The texts of comments, without their marks and the space around them. */
export function commentTexts(text: string, ranges: readonly TextRange[]): string[] {
  return ranges.map(({ start, end }) =>
    text
      .slice(start, end)
      .replace(/^(?:#+|\/\/+|\/\*+)|\*\/$/g, '')
      .trim(),
  );
}

/** A text of the same lines with nothing but its comments, their marks blanked too. */
export function onlyComments(text: string, ranges: readonly TextRange[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of ranges) {
    parts.push(blank(text.slice(at, start)));
    parts.push(text.slice(start, end).replace(/^(?:#+|\/\/+|\/\*+)|\*\/$|^[ \t]*(?:#+|\/\/+|\*+)(?= )/gm, blank));
    at = end;
  }
  parts.push(blank(text.slice(at)));
  return parts.join('');
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}
