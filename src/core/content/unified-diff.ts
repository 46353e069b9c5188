import { isUtf8 } from 'node:buffer';
import type { StructuredPatchHunk } from 'diff';

/** Lines shown around a change. */
const CONTEXT_LINES = 3;
/** The most removed and added lines the exact algorithm looks for: its cost grows with the square of it. */
const MAX_EDITS = 2_000;

/**
 * Returns the unified diff of two texts, lines compared byte for byte; the empty string when they are equal. The work
 * is bounded: texts that differ in more than about 2,000 lines are shown as one block removed and one block added
 * between the lines they share at the start and at the end. Either way, `patch` makes the second text of the first.
 */
export async function unifiedDiff(nameA: string, textA: string, nameB: string, textB: string): Promise<string> {
  if (textA === textB) return '';
  const { FILE_HEADERS_ONLY, formatPatch, structuredPatch } = await import('diff');
  const exact = structuredPatch(nameA, nameB, textA, textB, undefined, undefined, {
    context: CONTEXT_LINES,
    maxEditLength: MAX_EDITS,
  });
  const hunks = exact?.hunks ?? [oneHunk(splitLines(textA), splitLines(textB))];
  return formatPatch(
    { oldFileName: nameA, newFileName: nameB, oldHeader: undefined, newHeader: undefined, hunks },
    FILE_HEADERS_ONLY,
  );
}

/** How many lines a change adds and removes. */
export interface LineCounts {
  readonly added: number;
  readonly removed: number;
}

/** Counts the lines that differ between two texts; `undefined` where one is no text. */
export async function countLines(before: Uint8Array, after: Uint8Array): Promise<LineCounts | undefined> {
  if (![before, after].every((bytes) => isUtf8(bytes) && !bytes.includes(0))) return undefined;
  const text = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  const { diffLines } = await import('diff');
  const exact = diffLines(text(before), text(after), { maxEditLength: MAX_EDITS });
  if (exact === undefined) return countIn(oneHunk(splitLines(text(before)), splitLines(text(after))).lines);
  const count = (of: 'added' | 'removed') => exact.reduce((sum, part) => sum + (part[of] ? part.count : 0), 0);
  return { added: count('added'), removed: count('removed') };
}

function countIn(lines: readonly string[]): LineCounts {
  const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
  return { added: count('+'), removed: count('-') };
}

function oneHunk(before: readonly string[], after: readonly string[]): StructuredPatchHunk {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const from = Math.max(0, start - CONTEXT_LINES);
  const tail = before.slice(before.length - end).slice(0, CONTEXT_LINES);
  const lines: string[] = [];
  const show = (sign: string, shown: readonly string[]): void => {
    for (const line of shown)
      lines.push(...(line.endsWith('\n') ? [sign + line.slice(0, -1)] : [sign + line, '\\ No newline at end of file']));
  };
  show(' ', before.slice(from, start));
  show('-', before.slice(start, before.length - end));
  show('+', after.slice(start, after.length - end));
  show(' ', tail);
  const shared = start - from + tail.length;
  return {
    oldStart: from + 1,
    oldLines: before.length - start - end + shared,
    newStart: from + 1,
    newLines: after.length - start - end + shared,
    lines,
  };
}

/** Returns lines with their line feeds; the last may have none. */
function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
